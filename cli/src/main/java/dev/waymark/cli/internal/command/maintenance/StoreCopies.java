package dev.waymark.cli.internal.command.maintenance;

import dev.waymark.cli.internal.base.CliException;
import dev.waymark.cli.internal.command.base.Context;
import dev.waymark.cli.internal.output.Format;
import dev.waymark.cli.internal.output.Numbers;
import dev.waymark.cli.internal.output.Times;
import dev.waymark.cli.internal.output.View;
import dev.waymark.cli.internal.store.DefaultStore;
import dev.waymark.core.internal.Text;
import dev.waymark.core.spi.StoreCopy;
import dev.waymark.core.spi.StoreUrl;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Prints what a copy of a store contains. */
final class StoreCopies {
  private static final View<StoreCopy> VIEW = new View<>("copies", StoreCopies::fields, List.of());

  private StoreCopies() {}

  /** The store, unopened, in a folder that exists if this is the default store. */
  static StoreUrl store(Context context, boolean createFolder) {
    StoreUrl url = context.storeUrl();
    if (url.shown().equals(DefaultStore.URL)) {
      DefaultStore.prepareFolder(context.surroundings().home(), createFolder);
    }
    return url;
  }

  /** The file that the command line names. */
  static Path file(Context context) {
    String name = context.arguments().requiredOperand();
    try {
      return context.surroundings().directory().resolve(name);
    } catch (InvalidPathException e) {
      throw CliException.usage("FILE " + Text.quote(name) + " is no path: " + e.getReason());
    }
  }

  /**
   * Prints a copy as text or as a record.
   *
   * @param done what was done, as the first line of the text
   */
  static void print(Context context, StoreCopy copy, String done) {
    if (context.format() != Format.TABLE) {
      context.printer().one(copy, VIEW);
      return;
    }
    context.out().println(done);
    context
        .out()
        .println(
            Numbers.count(copy.workflows(), "workflow revision")
                + ", "
                + Numbers.count(copy.executions(), "execution")
                + ", "
                + Numbers.count(copy.bytes(), "byte")
                + "; last commit "
                + (copy.asOf() == null ? "none" : Times.local(copy.asOf(), context.zone())));
  }

  private static Map<String, @Nullable Object> fields(StoreCopy copy) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("file", copy.file().toString());
    fields.put("bytes", copy.bytes());
    fields.put("workflows", copy.workflows());
    fields.put("executions", copy.executions());
    fields.put("asOf", copy.asOf());
    return fields;
  }
}
