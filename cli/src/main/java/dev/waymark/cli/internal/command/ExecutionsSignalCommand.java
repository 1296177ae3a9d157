package dev.waymark.cli.internal.command;

import dev.waymark.cli.internal.base.CliException;
import dev.waymark.cli.internal.base.ExitCode;
import dev.waymark.cli.internal.command.base.Command;
import dev.waymark.cli.internal.command.base.Context;
import dev.waymark.cli.internal.syntax.Arguments;
import dev.waymark.cli.internal.syntax.Option;
import dev.waymark.cli.internal.syntax.Syntax;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.Signal;
import dev.waymark.core.store.Outcome;
import org.jspecify.annotations.Nullable;

/** Sends a signal to an execution. */
final class ExecutionsSignalCommand implements Command {
  private static final Option NAME =
      Option.of("NAME", "Name of the signal, such as approved.", "--name");
  private static final Option PAYLOAD =
      Option.of("JSON", "JSON value that the task receives.", "--payload");
  private static final Option KEY =
      Option.of("KEY", "Idempotency key: the same signal is sent only once.", "--key");

  @Override
  public Syntax syntax() {
    return Syntax.of(
            "executions signal",
            "Send a signal to an execution: a decision, or the answer of another system.")
        .operand(ExecutionsShowCommand.EXECUTION)
        .options(NAME, PAYLOAD, KEY)
        .details(
            "The task that waits for the signal goes on. If none waits, the signal is kept until"
                + " one does. A signal to an execution that has ended is an error (exit code 4).")
        .examples(
            "executions signal 0190a1b2 --name approved",
            "executions signal 0190a1b2 --name approved --payload '{\"by\": \"Ada\"}' --key 7");
  }

  @Override
  public int run(Context context) {
    Arguments arguments = context.arguments();
    String name = arguments.value(NAME);
    if (name == null) {
      throw CliException.usage("give the name of the signal with --name");
    }
    // Checked before the store is opened.
    Signal.checkName(name);
    Payload payload = payload(arguments.value(PAYLOAD));
    String key = arguments.value(KEY);
    if (key != null) {
      Signal.checkKey(key);
    }
    ExecutionId id = context.lookup().execution(arguments.requiredOperand());
    Outcome outcome = context.store().signal(id, name, payload, key);
    Signal sent = context.store().signals(id).get((int) outcome.version() - 1);
    context
        .out()
        .println(
            "execution "
                + id
                + " signal "
                + sent.number()
                + (outcome.changed() ? "" : " (sent before)")
                + (sent.taskRunId() == null ? " kept" : " delivered"));
    return ExitCode.DONE;
  }

  private static @Nullable Payload payload(@Nullable String json) {
    return json == null ? null : Payload.json(json);
  }
}
