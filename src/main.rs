//! The `qupia` program; everything is in the library.

fn main() -> std::process::ExitCode {
    qupia::cli::main()
}
