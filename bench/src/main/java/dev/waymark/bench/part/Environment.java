package dev.waymark.bench.part;

import dev.waymark.bench.storage.Storage;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

/** The environment of the measurements, without names of machines or folders. */
public final class Environment {
  private final Map<String, Object> values = new LinkedHashMap<>();

  /** Describes this machine and the folder of the measurements. */
  public Environment(Storage storage) {
    values.put("measured", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    values.put("processors", Runtime.getRuntime().availableProcessors());
    values.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    values.put("java", System.getProperty("java.runtime.version"));
    values.put("file system", storage.fileSystem());
    if (storage.isInMemory()) {
      values.put("warning", "the folder is in memory, where a sync costs nothing; use --work");
    }
  }

  /** The values by name, in the order of the report. */
  public Map<String, Object> values() {
    return values;
  }
}
