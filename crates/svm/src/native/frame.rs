//! The running native program's link to the machine, one per call on the stack.

use {
    anchor_lang::prelude::AccountInfo,
    solana_instruction::error::InstructionError,
    solana_program_runtime::{
        cpi::CpiError, invoke_context::InvokeContext, memory_context::SerializedAccountMetadata,
        solana_sbpf::ebpf::MM_INPUT_START,
    },
    std::{cell::Cell, error::Error, panic::resume_unwind, ptr::NonNull},
};

/// Why a native program had to stop. The machine reports an [`InstructionError`] as it is and
/// anything else as `ProgramFailedToComplete`, with its text in the log.
pub(super) type Fault = Box<dyn Error>;

/// The unwinding payload of [`raise`]; the reason itself stays in the frame.
pub(super) struct Raised;

/// One running native program.
pub(super) struct Frame<'a> {
    pub(super) invoke_context: &'a mut InvokeContext<'static, 'static>,
    /// Start of the serialised input; the account views point into it.
    pub(super) input: *mut u8,
    /// Where each instruction account lies in the input.
    pub(super) accounts: Vec<SerializedAccountMetadata>,
    /// Set once by [`raise`]; it then decides the result, whatever the program returns.
    pub(super) fault: Option<Fault>,
}

impl Frame<'_> {
    /// Refuses an account view whose pointers are not the ones that the runtime handed out.
    ///
    /// # Errors
    /// `CpiError::InvalidPointer` for a forged view, `AccountBorrowFailed` while the program
    /// holds a conflicting borrow, `MissingAccount` for an unknown index.
    pub(super) fn check_view(&self, index: u16, view: &AccountInfo) -> Result<(), Fault> {
        let place = self.accounts.get(usize::from(index)).ok_or(InstructionError::MissingAccount)?;
        let lamports = view.try_borrow_lamports().map_err(|_| borrowed())?;
        let data = view.try_borrow_data().map_err(|_| borrowed())?;
        let lamports: *const u64 = &**lamports;
        let genuine = self.points_to(place.vm_key_addr, std::ptr::from_ref(view.key).cast())
            && self.points_to(place.vm_owner_addr, std::ptr::from_ref(view.owner).cast())
            && self.points_to(place.vm_lamports_addr, lamports.cast())
            && self.points_to(place.vm_data_addr, data.as_ptr());
        if genuine {
            Ok(())
        } else {
            Err(Box::new(CpiError::InvalidPointer))
        }
    }

    /// The serialiser numbers addresses from `MM_INPUT_START`, as a virtual machine sees them.
    fn points_to(&self, virtual_address: u64, pointer: *const u8) -> bool {
        let offset = virtual_address.wrapping_sub(MM_INPUT_START);
        usize::try_from(offset).is_ok_and(|offset| self.input.wrapping_add(offset).cast_const() == pointer)
    }
}

/// The error of a view that the program itself still borrows.
pub(super) fn borrowed() -> Fault {
    Box::new(InstructionError::AccountBorrowFailed)
}

thread_local! {
    static CURRENT: Cell<Option<NonNull<Frame<'static>>>> = const { Cell::new(None) };
}

/// Puts the previous frame back, also when the program unwinds.
struct Restore(Option<NonNull<Frame<'static>>>);

impl Drop for Restore {
    fn drop(&mut self) {
        CURRENT.set(self.0);
    }
}

/// Runs `program` with `frame` as the target of its syscalls.
pub(super) fn enter<T>(frame: &mut Frame<'_>, program: impl FnOnce() -> T) -> T {
    let pointer = NonNull::from(frame).cast::<Frame<'static>>();
    let _restore = Restore(CURRENT.replace(Some(pointer)));
    program()
}

/// Gives a syscall the current frame, or `None` outside of a native program.
///
/// The frame is taken away while `syscall` runs, so that no second reference to it can arise: a
/// nested program brings its own.
pub(super) fn with_current<T>(syscall: impl FnOnce(&mut Frame<'_>) -> T) -> Option<T> {
    let pointer = CURRENT.take()?;
    let _restore = Restore(Some(pointer));
    // SAFETY: `enter` stores a pointer to a frame that outlives the program it runs, and takes
    // it out again before returning; nothing else reaches that frame meanwhile.
    let frame = unsafe { &mut *pointer.as_ptr() };
    if frame.fault.is_some() && !std::thread::panicking() {
        // The program caught the unwinding of an earlier fault; it may not go on. (A destructor
        // that logs while the fault unwinds may: a second unwinding would abort the process.)
        resume_unwind(Box::new(Raised));
    }
    Some(syscall(frame))
}

/// Ends the running program with `fault`.
pub(super) fn raise(fault: Fault) -> ! {
    with_current(|frame| frame.fault = Some(fault));
    resume_unwind(Box::new(Raised))
}
