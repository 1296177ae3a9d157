package dev.waymark.bench.workflow;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** How the tasks of a workflow need each other. All of them call a handler that does nothing. */
enum Shape {
  /** No task needs another. */
  PARALLEL("tasks without needs") {
    @Override
    String tasks(int count) {
      return middle(0, count, "");
    }
  },
  /** The first task splits the work, and the last needs all those between them. */
  FAN_OUT("fan-out and fan-in") {
    @Override
    String tasks(int count) {
      int last = count - 1;
      String all = IntStream.range(1, last).mapToObj(i -> "t" + i).collect(Collectors.joining(","));
      return middle(0, 1, "")
          + middle(1, last, "    needs: t0\n")
          + middle(last, count, "    needs: [" + all + "]\n");
    }
  };

  static final String HANDLER = "nothing";

  private final String title;

  Shape(String title) {
    this.title = title;
  }

  /** Its name in the reports. */
  String title() {
    return title;
  }

  /** Its name within names of schemas, files and workflows. */
  String schemaName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The workflow file with this number of tasks, at least two. */
  String file(int count) {
    return "id: " + schemaName() + "\ntasks:\n" + tasks(count);
  }

  abstract String tasks(int count);

  private static String middle(int first, int end, String needs) {
    return IntStream.range(first, end)
        .mapToObj(i -> "  t" + i + ":\n    uses: " + HANDLER + "\n" + needs)
        .collect(Collectors.joining());
  }
}
