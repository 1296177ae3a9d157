package dev.waymark.cli.internal;

import dev.waymark.cli.internal.base.CliException;
import dev.waymark.cli.internal.base.ExitCode;
import dev.waymark.cli.internal.base.OutputException;
import dev.waymark.cli.internal.base.Surroundings;
import dev.waymark.cli.internal.command.Commands;
import dev.waymark.cli.internal.command.base.Command;
import dev.waymark.cli.internal.command.base.Context;
import dev.waymark.cli.internal.output.Messages;
import dev.waymark.cli.internal.output.Nearest;
import dev.waymark.cli.internal.output.Output;
import dev.waymark.cli.internal.syntax.Arguments;
import dev.waymark.cli.internal.syntax.CommonOptions;
import dev.waymark.cli.internal.syntax.Help;
import dev.waymark.cli.internal.syntax.Reader;
import dev.waymark.core.conflict.RefusedException;
import dev.waymark.core.error.SchemaMismatchException;
import dev.waymark.core.error.StoreDamagedException;
import dev.waymark.core.error.StoreOverloadedException;
import dev.waymark.core.error.StoreRejectedException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.error.WaymarkException;
import java.util.List;

/**
 * One run of the program. It finds the command, reads its arguments, runs it, and turns every error
 * into a message and an exit code. It never ends the process.
 */
public final class Cli {
  private static final char REPLACEMENT = '\ufffd';

  private final Surroundings surroundings;
  private final Output out;
  private final Messages messages;
  private boolean verbose;

  /** Creates a program that runs in these surroundings. */
  public Cli(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.out = new Output(surroundings.out());
    this.messages = new Messages(surroundings.err());
  }

  /** Runs a command line and returns the exit code. */
  public int run(String... words) {
    try {
      int exitCode = dispatch(List.of(words));
      out.flush();
      return exitCode;
    } catch (OutputException e) {
      return outputFailed(e);
    } catch (WaymarkException e) {
      return refused(e);
    } catch (RuntimeException | Error e) {
      return broken(e);
    }
  }

  private int dispatch(List<String> words) {
    words.forEach(Cli::checkReadable);
    Dispatch target = Dispatch.of(words);
    return switch (target.kind()) {
      case COMMAND -> runCommand(Commands.named(target.name()), target.words());
      case GROUP_HELP -> print(Commands.groupHelp(target.name(), colours()));
      case ROOT_HELP -> print(Commands.rootHelp(colours()));
      case NOTHING -> nothingToDo();
    };
  }

  /**
   * Bytes that are not UTF-8 reach Java as U+FFFD. Storing them would change the value that the
   * user gave.
   */
  private static void checkReadable(String word) {
    if (word.indexOf(REPLACEMENT) >= 0) {
      throw CliException.usage(
          "argument " + Nearest.quote(word) + " is not valid UTF-8; encode it as UTF-8");
    }
  }

  private int runCommand(Command command, List<String> words) {
    Arguments arguments = Reader.read(command.syntax(), words);
    if (arguments == null) {
      return print(Help.ofCommand(command.syntax(), colours()));
    }
    verbose = arguments.has(CommonOptions.VERBOSE);
    if (verbose) {
      // slf4j-simple reads these when the first logger is created.
      System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "info");
      System.setProperty("org.slf4j.simpleLogger.log.dev.waymark", "debug");
    }
    try (Context context = new Context(surroundings, command, arguments, out, messages)) {
      return command.run(context);
    }
  }

  private int nothingToDo() {
    messages.note(
        Commands.rootHelp(surroundings.terminal().coloursOnErr(surroundings.environment()))
            .stripTrailing());
    return ExitCode.USAGE;
  }

  private int print(String text) {
    out.println(text.stripTrailing());
    return ExitCode.DONE;
  }

  private boolean colours() {
    return surroundings.terminal().coloursOnOut(surroundings.environment());
  }

  private int outputFailed(OutputException e) {
    if (e.isClosedPipe()) {
      return ExitCode.DONE;
    }
    messages.say(String.valueOf(e.getMessage()));
    return ExitCode.OUTPUT;
  }

  private int refused(WaymarkException e) {
    // Output that was printed earlier appears before the message.
    flushQuietly();
    messages.say(String.valueOf(e.getMessage()));
    if (verbose) {
      messages.stackTrace(e);
    }
    return exitCode(e);
  }

  private static int exitCode(WaymarkException e) {
    if (e instanceof CliException own) {
      return own.exitCode();
    }
    if (e instanceof StoreUnavailableException
        || e instanceof StoreOverloadedException
        || e instanceof StoreDamagedException
        || e instanceof StoreRejectedException
        || e instanceof SchemaMismatchException) {
      return ExitCode.STORE_UNAVAILABLE;
    }
    return e instanceof RefusedException ? ExitCode.NOT_FOUND_OR_CONFLICT : ExitCode.USAGE;
  }

  private int broken(Throwable e) {
    flushQuietly();
    messages.say(
        "internal error: "
            + e
            + (verbose ? "" : "; run it again with -v for the stack trace, and report it"));
    if (verbose) {
      messages.stackTrace(e);
    }
    return ExitCode.INTERNAL;
  }

  private void flushQuietly() {
    try {
      out.flush();
    } catch (OutputException e) {
      // The error that is being reported matters more.
    }
  }
}
