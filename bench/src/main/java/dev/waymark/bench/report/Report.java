package dev.waymark.bench.report;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The results of one part: tables and charts for people, and every value for programs. Not
 * thread-safe.
 */
public final class Report {
  private final String name;
  private final String title;
  private final List<Table> tables = new ArrayList<>();
  private final List<Chart> charts = new ArrayList<>();
  private final List<Map<String, Object>> values = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final List<Target> targets = new ArrayList<>();

  /** Creates an empty report whose files have this name. */
  public Report(String name, String title) {
    this.name = name;
    this.title = title;
  }

  /** The name of its files. */
  public String name() {
    return name;
  }

  /** Adds a table. */
  public void add(Table table) {
    tables.add(table);
  }

  /** Adds a chart. */
  public void add(Chart chart) {
    charts.add(chart);
  }

  /** Adds measured values by name. */
  public void add(Map<String, Object> measured) {
    values.add(measured);
  }

  /** Adds a target. */
  public void add(Target target) {
    targets.add(target);
  }

  /** All targets. */
  public List<Target> targets() {
    return targets;
  }

  /** Adds a note for the reader. */
  public void note(String sentence) {
    notes.add(sentence);
  }

  /** All measured values. */
  public List<Map<String, Object>> values() {
    return values;
  }

  /** Prints the tables. */
  public void print(PrintStream out) {
    out.println();
    out.println("== " + title);
    notes.forEach(out::println);
    tables.forEach(table -> out.println("\n" + table.text()));
  }

  /** Writes all files and returns their paths. */
  public List<Path> write(Path folder, Map<String, Object> environment) throws IOException {
    Files.createDirectories(folder);
    List<Path> files = new ArrayList<>();
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("part", name);
    all.put("environment", environment);
    all.put("notes", notes);
    all.put("values", values);
    all.put("targets", targets.stream().map(Target::json).toList());
    files.add(Files.writeString(folder.resolve(name + ".json"), Json.write(all)));
    for (Chart chart : charts) {
      files.add(Files.writeString(folder.resolve(file(chart)), Svg.of(chart)));
    }
    files.add(Files.writeString(folder.resolve(name + ".md"), markdown(environment)));
    return files;
  }

  private String file(Chart chart) {
    return name + "-" + chart.name() + ".svg";
  }

  private String markdown(Map<String, Object> environment) {
    StringBuilder text = new StringBuilder("## ").append(title).append("\n\n");
    environment.forEach((key, value) -> text.append(key).append(": ").append(value).append("  \n"));
    notes.forEach(note -> text.append('\n').append(note).append('\n'));
    for (Chart chart : charts) {
      text.append("\n![").append(chart.title()).append("](").append(file(chart)).append(")\n");
    }
    tables.forEach(table -> text.append('\n').append(table.markdown()));
    return text.toString();
  }
}
