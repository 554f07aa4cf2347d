//! The `qupia` program; everything is in the library.

fn main() -> std::process::ExitCode {
    #[cfg(feature = "pdf")]
    {
        use qupia::format::pdf::worker;
        if std::env::args_os().nth(1).is_some_and(|first| first == worker::COMMAND) {
            return worker::serve().into();
        }
        if let Ok(program) = std::env::current_exe() {
            worker::use_program(program);
        }
    }
    qupia::cli::main()
}
