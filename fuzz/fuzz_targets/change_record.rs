//! A queued change: proposed, then applied and vetoed in any order and at any time, against a plain model of it.
#![no_main]

use anchor_lang::prelude::Pubkey;
use bytemuck::Zeroable;
use gimbal_control::{ChangeRecord, NewChange, Refusal, Roles, Terms, CHANGE_DATA, CHANGE_DELAY, CHANGE_WINDOW};
use gimbal_fuzz::Input;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let input = Input::new(data);
    let call = input.account(&[5; 40]);
    let [wait, nonce, steps, flags] = input.numbers;
    let key = |byte: u8| Pubkey::new_from_array([byte; 32]);
    let roles = Roles::new(key(1), key(2), key(3)).expect("a key that is not zero");
    let (target, now) = (key(4), input.time(1) % (1 << 40));
    let terms = Terms { wait: wait as i64, fields_hash: [6; 32], guardian_may_veto: flags & 1 == 0 };
    let new = NewChange { bump: 1, target, payer: key(5), nonce, data: &call, terms };
    let mut record = ChangeRecord::zeroed();
    if record.propose(&new, now) != Ok(()) {
        assert!(call.len() > CHANGE_DATA, "only what is too long is refused");
        return;
    }
    assert!(call.len() <= CHANGE_DATA);
    assert_eq!(record.data(), call);
    let decoded: ChangeRecord = bytemuck::pod_read_unaligned(bytemuck::bytes_of(&record));
    assert_eq!(decoded, record);
    assert!(record.ready_at.saturating_sub(now) >= CHANGE_DELAY && record.expires_at >= record.ready_at);
    assert!(record.expires_at - record.ready_at <= CHANGE_WINDOW);

    // The model: who asks, when, with what; and once over, always over.
    let mut over = None;
    for step in steps.to_le_bytes() {
        let times = [now, record.ready_at - 1, record.ready_at, record.expires_at - 1, record.expires_at, i64::MAX];
        let at = times[usize::from(step >> 4) % times.len()];
        let expired = at >= record.expires_at;
        assert_eq!(record.is_over(at), over.is_some() || expired);
        if step & 1 == 0 {
            let (right_target, right_fields) = (step & 2 == 0, step & 4 == 0);
            let called = if step & 8 == 0 { call.clone() } else { [&call[..], &[0]].concat() };
            let expected = match over {
                _ if !right_target || step & 8 != 0 => Err(Refusal::ChangeMismatch),
                Some(refusal) => Err(refusal),
                None if at < record.ready_at => Err(Refusal::ChangeTooEarly),
                None if expired => Err(Refusal::ChangeExpired),
                None if !right_fields => Err(Refusal::ChangeStale),
                None => Ok(()),
            };
            let (to, fields) = (if right_target { target } else { key(9) }, [if right_fields { 6 } else { 7 }; 32]);
            assert_eq!(record.apply(&to, &called, &fields, at), expected);
            over = over.or(expected.is_ok().then_some(Refusal::ChangeApplied));
        } else {
            let signer = 1 + (step >> 1) % 4;
            let expected = match over {
                _ if signer == 2 || signer == 4 => Err(Refusal::NotVetoer),
                Some(refusal) => Err(refusal),
                None if expired => Err(Refusal::ChangeExpired),
                None if signer == 3 && flags & 1 == 1 => Err(Refusal::NotVetoable),
                None => Ok(()),
            };
            assert_eq!(record.veto(&roles, &key(signer), at), expected);
            over = over.or(expected.is_ok().then_some(Refusal::ChangeVetoed));
        }
    }
});
