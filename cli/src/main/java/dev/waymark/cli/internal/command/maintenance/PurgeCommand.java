package dev.waymark.cli.internal.command.maintenance;

import dev.waymark.cli.internal.base.ExitCode;
import dev.waymark.cli.internal.command.base.Command;
import dev.waymark.cli.internal.command.base.Context;
import dev.waymark.cli.internal.output.Cell;
import dev.waymark.cli.internal.output.Format;
import dev.waymark.cli.internal.output.Numbers;
import dev.waymark.cli.internal.output.View;
import dev.waymark.cli.internal.syntax.CommonOptions;
import dev.waymark.cli.internal.syntax.Option;
import dev.waymark.cli.internal.syntax.Syntax;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.retention.Purge;
import dev.waymark.runner.retention.PurgeReport;
import dev.waymark.runner.retention.PurgeReport.Part;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Deletes the executions whose retention is over. */
public final class PurgeCommand implements Command {
  /** A message after this many deleted executions. */
  private static final long MESSAGE_AFTER = 10_000;

  private static final Option DRY_RUN =
      Option.flag("Count what would be deleted, and delete nothing.", "--dry-run");

  private static final View<Part> VIEW =
      new View<>(
          "executions to delete",
          PurgeCommand::fields,
          List.of(
              View.Column.left("WORKFLOW", part -> Cell.of(part.workflow().value())),
              View.Column.right("DELETED", part -> Cell.of(Numbers.grouped(part.deleted()))),
              View.Column.right("KEPT", part -> Cell.of(Numbers.grouped(part.kept())))));

  @Override
  public Syntax syntax() {
    return Syntax.of("purge", "Delete the executions whose retention is over.")
        .options(DRY_RUN, CommonOptions.FORMAT)
        .details(
            "The retention of each workflow is in its file, under retention:. Without it, nothing"
                + " is deleted. A worker does the same about once an hour. The command can be"
                + " interrupted at any moment; run it again to go on. KEPT counts executions that"
                + " were kept because their parent or a child has not ended.")
        .examples("purge --dry-run", "purge");
  }

  @Override
  public int run(Context context) {
    StateStore store = context.store();
    Purge purge = Purge.of(store);
    boolean isPreview = context.arguments().has(DRY_RUN);
    PurgeReport report = isPreview ? purge.preview() : purge.run(() -> false, progress(context));
    for (Part part : report.parts()) {
      if (part.unreadable() != null) {
        context
            .messages()
            .say("workflow " + part.workflow() + " is left alone: " + part.unreadable());
      }
    }
    List<Part> changed =
        report.parts().stream().filter(part -> part.deleted() + part.kept() > 0).toList();
    if (context.format() != Format.TABLE) {
      context.printer().all(changed, VIEW);
      return ExitCode.DONE;
    }
    for (Part part : changed) {
      context
          .out()
          .println(
              part.workflow()
                  + "  "
                  + Numbers.count(part.deleted(), "execution")
                  + (part.kept() == 0
                      ? ""
                      : ", and " + part.kept() + " kept because a parent or child has not ended"));
    }
    context
        .out()
        .println(
            (isPreview ? "would delete " : "deleted ")
                + Numbers.count(report.deleted(), "execution"));
    return ExitCode.DONE;
  }

  private static LongConsumer progress(Context context) {
    long[] counted = new long[2];
    return deleted -> {
      counted[0] += deleted;
      if (counted[0] - counted[1] >= MESSAGE_AFTER) {
        counted[1] = counted[0];
        context.messages().say("deleted " + Numbers.count(counted[0], "execution") + " so far");
      }
    };
  }

  private static Map<String, @Nullable Object> fields(Part part) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("workflow", part.workflow().value());
    fields.put("deleted", part.deleted());
    fields.put("kept", part.kept());
    return fields;
  }
}
