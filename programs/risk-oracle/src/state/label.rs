/// Whether a name is printable ASCII without a gap: at least one character, zeros only at the end.
pub(crate) fn is_label(label: &[u8; 16]) -> bool {
    let length = label.iter().position(|byte| *byte == 0).unwrap_or(label.len());
    let (text, padding) = label.split_at(length);
    !text.is_empty() && text.iter().all(u8::is_ascii_graphic) && padding.iter().all(|byte| *byte == 0)
}
