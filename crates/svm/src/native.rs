//! The strict native runner: host code in place of bytecode, under the machine's real rules.
//!
//! [`native!`](crate::native!) wraps a program's `process_instruction` (or Anchor's `entry`) as
//! a built-in of any agave 4.2 machine: LiteSVM, `solana-program-test`'s bank, or a validator.
//! What a program does then passes the checks that bytecode passes:
//!
//! - Accounts are serialised, and read back afterwards, by the runtime's own code, so that a
//!   write to a read-only or foreign account, a created lamport or an oversized resize fails.
//! - A cross-program call checks signer and writable privileges in the machine. When the callee
//!   fails, the caller ends at once with the same error; it has no way to swallow it.
//! - An account view that the runtime did not hand out is refused in a cross-program call.
//! - A panic ends the instruction with `ProgramFailedToComplete`.
//!
//! What host code cannot show: compute units (a nominal charge stands for them), the 4 KiB
//! stack frame, the 32 KiB heap, and `msg!`, which `solana-msg` sends to the standard output.
//! Only a run on bytecode covers these.

mod cpi;
mod frame;
mod introspection;
mod runner;
mod stubs;
mod sysvars;

pub use runner::{run, ProcessInstruction, NATIVE_COMPUTE_UNITS};
pub use solana_program_runtime::invoke_context::{BuiltinFunctionRegisterer, InvokeContext};
pub use stubs::install_syscall_stubs;

#[doc(hidden)]
pub use solana_sbpf::program::BuiltinFunctionDefinition;

/// Wraps a program's entry function as a built-in.
///
/// Takes the path of a `fn(&Pubkey, &[AccountInfo], &[u8]) -> ProgramResult`, or of the `entry`
/// that Anchor generates, and gives a [`BuiltinFunctionRegisterer`](crate::native::BuiltinFunctionRegisterer).
///
/// The function must not keep a reference to its arguments after it returns. No on-chain program
/// can: its memory ends with the instruction.
#[macro_export]
macro_rules! native {
    ($entry:path) => {{
        struct NativeProgram;
        impl
            $crate::native::BuiltinFunctionDefinition<
                $crate::native::InvokeContext<'static, 'static>,
            > for NativeProgram
        {
            type Error = ::std::boxed::Box<dyn ::std::error::Error>;

            fn rust(
                invoke_context: &mut $crate::native::InvokeContext<'static, 'static>,
                _: u64,
                _: u64,
                _: u64,
                _: u64,
                _: u64,
            ) -> ::std::result::Result<u64, Self::Error> {
                // SAFETY: by this macro's contract the program keeps nothing past its return.
                unsafe { $crate::native::run($entry, invoke_context) }
            }
        }
        let register: $crate::native::BuiltinFunctionRegisterer =
            <NativeProgram as $crate::native::BuiltinFunctionDefinition<_>>::register;
        register
    }};
}
