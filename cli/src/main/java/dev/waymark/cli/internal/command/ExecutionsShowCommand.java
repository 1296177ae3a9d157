package dev.waymark.cli.internal.command;

import dev.waymark.cli.internal.base.CliException;
import dev.waymark.cli.internal.base.ExitCode;
import dev.waymark.cli.internal.command.base.Command;
import dev.waymark.cli.internal.command.base.Context;
import dev.waymark.cli.internal.output.Cell;
import dev.waymark.cli.internal.output.Family;
import dev.waymark.cli.internal.output.Format;
import dev.waymark.cli.internal.output.Numbers;
import dev.waymark.cli.internal.output.PayloadFields;
import dev.waymark.cli.internal.output.Printer;
import dev.waymark.cli.internal.output.Times;
import dev.waymark.cli.internal.output.Views;
import dev.waymark.cli.internal.syntax.CommonOptions;
import dev.waymark.cli.internal.syntax.Operand;
import dev.waymark.cli.internal.syntax.Option;
import dev.waymark.cli.internal.syntax.Syntax;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.Signal;
import dev.waymark.core.model.Transition;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.WaitReason;
import dev.waymark.core.store.Waiting;
import dev.waymark.runner.WaitReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Shows an execution with its task runs, attempts and history. */
final class ExecutionsShowCommand implements Command {
  static final Operand EXECUTION =
      new Operand("ID", true, "ID of the execution, or a unique prefix.");

  private static final Option PAYLOADS =
      Option.flag("Show inputs, results and details in full.", "--payloads");

  private static final int HISTORY_SHOWN = 50;
  private static final int CHILDREN_SHOWN = 50;
  private static final int PAYLOAD_BYTES = 1_000;

  @Override
  public Syntax syntax() {
    return Syntax.of(
            "executions show",
            "Show an execution with its task runs, their attempts and its history.")
        .operand(EXECUTION)
        .options(PAYLOADS, CommonOptions.FORMAT)
        .details(
            "The table shows the last "
                + HISTORY_SHOWN
                + " transitions of the history; the other formats show all of them, and the first "
                + PAYLOAD_BYTES
                + " bytes of each input and result. Of its children, the table shows the first "
                + CHILDREN_SHOWN
                + ", and the other formats as many as fit on a page.")
        .examples(
            "executions show 0190a1b2",
            "executions show 0190a1b2 -o json",
            "executions show 0190a1b2 --payloads -o json");
  }

  @Override
  public boolean reads() {
    return true;
  }

  @Override
  public int run(Context context) {
    Printer printer = context.printer();
    ExecutionId id = context.lookup().execution(context.arguments().requiredOperand());
    ExecutionDetails details = context.store().executionDetails(id);
    if (details == null) {
      throw CliException.notFound("execution " + id + " does not exist");
    }
    Waiting waiting = waiting(context, id);
    int bytes = context.arguments().has(PAYLOADS) ? Integer.MAX_VALUE : PAYLOAD_BYTES;
    PayloadFields payloads = new PayloadFields(context.store().payloads(id, bytes));
    boolean isTable = printer.format() == Format.TABLE;
    int page = context.store().limits().maxPageSize();
    Family family =
        Family.of(
            context.store(), details.execution(), isTable ? Math.min(CHILDREN_SHOWN, page) : page);
    if (isTable) {
      printTables(context, printer, details, waiting, payloads, family);
    } else {
      List<Signal> signals = context.store().signals(id);
      printer.one(details, context.views().executionDetails(waiting, signals, payloads, family));
    }
    return ExitCode.DONE;
  }

  /** Returns why an execution, which must exist, waits. */
  static Waiting waiting(Context context, ExecutionId id) {
    return Objects.requireNonNull(new WaitReader(context.store()).waiting(id));
  }

  private static void putLink(Map<String, Cell> properties, String name, @Nullable ExecutionId id) {
    if (id != null) {
      properties.put(name, Cell.of(id.toString()));
    }
  }

  private static void printTables(
      Context context,
      Printer printer,
      ExecutionDetails details,
      Waiting waiting,
      PayloadFields payloads,
      Family family) {
    Views views = context.views();
    Map<String, Cell> properties = properties(context, details.execution(), payloads);
    if (family.parent() != null) {
      properties.put("parent", Cell.of(family.parentInWords()));
    }
    putLink(properties, "continues", details.execution().continues());
    putLink(properties, "continued as", details.execution().continuedAs());
    for (WaitReason reason : waiting.reasons()) {
      properties.merge(
          "waiting",
          Cell.of(reason.message()),
          (one, other) -> Cell.of(one.text() + "; " + other.text()));
    }
    printer.properties(properties);
    printer.section("Tasks", details.taskRuns(), views.taskRunDetails());
    printer.section("Waiting", waiting.taskRuns(), views.waiting());
    printer.section("Children", family.children().items(), views.children(family));
    long more = family.children().total() - family.children().items().size();
    if (more > 0) {
      context.out().flush();
      context
          .messages()
          .note(
              Numbers.grouped(more)
                  + " of "
                  + Numbers.grouped(family.children().total())
                  + " children not shown; see waymark executions list --parent "
                  + details.execution().id());
    }
    List<Signal> signals = context.store().signals(details.execution().id());
    printer.section("Signals", signals, views.signals(details, payloads));
    List<Transition> history = details.history();
    int hidden = Math.max(0, history.size() - HISTORY_SHOWN);
    printer.section("History", history.subList(hidden, history.size()), views.history(details));
    if (hidden > 0) {
      context.out().flush();
      context
          .messages()
          .note(Numbers.count(hidden, "earlier transition") + " not shown; -o json shows all");
    }
  }

  private static Map<String, Cell> properties(
      Context context, Execution execution, PayloadFields payloads) {
    Map<String, Cell> properties = new LinkedHashMap<>();
    properties.put("execution", Cell.of(execution.id()));
    properties.put(
        "workflow",
        Cell.of(execution.workflowId() + " (revision " + execution.workflowRevision() + ")"));
    properties.put("state", Cell.of(execution.state()));
    properties.put("created", Cell.of(Times.local(execution.createdAt(), context.zone())));
    properties.put("started", Cell.of(Times.local(execution.startedAt(), context.zone())));
    properties.put("ended", Cell.of(Times.local(execution.endedAt(), context.zone())));
    properties.put(
        "duration", Cell.of(Times.span(execution.startedAt(), execution.endedAt(), context.now())));
    Map<String, String> inputs = execution.inputs();
    String input = inputs.isEmpty() ? payloads.inWords(PayloadRef.inputOf(execution.id())) : null;
    properties.put("inputs", Cell.of(input == null ? Views.inWords(inputs) : input));
    String result = payloads.inWords(PayloadRef.resultOf(execution.id()));
    if (result != null) {
      properties.put("result", Cell.of(result));
    }
    properties.put("labels", Cell.of(Views.inWords(execution.labels())));
    if (execution.error() != null) {
      properties.put("error", Cell.of(execution.error()));
    }
    return properties;
  }
}
