# The commands of the project; each also runs by itself. `just --list` shows them.

# Run the main job on the embedded chain
demo *ARGS:
    cargo run --release -p gimbal -- demo {{ARGS}}

# Run every test natively
test:
    cargo test --workspace

# Run the suites again on on-chain bytecode (after a build into target/deploy)
test-bytecode:
    GIMBAL_CHAIN=bytecode cargo test -p gimbal-tests --test suite

# Build the on-chain programs with the public toolchain
build:
    anchor build --no-idl

# Write the IDLs from the code
idl:
    cargo run -p idls

# Write docs/compute.md from measurements on bytecode
compute:
    cargo run --release -p gimbal-tests --bin compute

# Print the accuracy table of crates/math
accuracy:
    cargo run --release -p gimbal-math --example accuracy

# Format and lint as CI does
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings

# Fuzz each account decoder for a while
fuzz SECONDS="10" *TARGETS:
    fuzz/run {{SECONDS}} {{TARGETS}}

# Try share and fee arithmetic on all small inputs
exhaustive:
    cargo test -p gimbal-math -p vault --test exhaustive
