package dev.waymark.runner.internal.attempt;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.runner.internal.worker.RunnerConfig;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the folders of executions in the log directory of this machine, some time after the
 * execution has ended. It does not delete folders of executions that the store does not have, or
 * files outside these folders: the directory may be shared with other stores.
 *
 * @param config the store, the log directory and the clock
 * @param keep how long a folder is kept after the end of its execution
 */
record LogFileCleaner(RunnerConfig config, Duration keep) {
  private static final Logger LOG = LoggerFactory.getLogger(LogFileCleaner.class);
  private static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(1);
  private static final Duration LONGEST_INTERVAL = Duration.ofHours(1);
  private static final int PART = 10;

  /**
   * The interval between clean-ups: short, so that a folder is kept only a little longer than
   * required.
   */
  Duration interval() {
    Duration interval = keep.dividedBy(PART);
    interval = interval.compareTo(SHORTEST_INTERVAL) < 0 ? SHORTEST_INTERVAL : interval;
    return interval.compareTo(LONGEST_INTERVAL) > 0 ? LONGEST_INTERVAL : interval;
  }

  /** Deletes the folders that are old enough. Never throws. */
  void clean() {
    Instant before = config.clock().instant().minus(keep);
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(config.logs().directory())) {
      for (Path folder : folders) {
        ExecutionId id = execution(folder);
        if (id != null && isOlder(folder, before) && hasEnded(id, before)) {
          delete(folder);
        }
      }
    } catch (NoSuchFileException e) {
      LOG.trace("there are no logs yet", e);
    } catch (IOException | WaymarkException | IllegalStateException e) {
      LOG.debug("old log files could not be deleted; trying again later", e);
    }
  }

  private static @Nullable ExecutionId execution(Path folder) {
    try {
      return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
          ? ExecutionId.of(folder.getFileName().toString())
          : null;
    } catch (InvalidInputException e) {
      return null; // The folder does not belong to an execution.
    }
  }

  /** If a file of a folder was created recently, the store need not be asked about the folder. */
  private static boolean isOlder(Path folder, Instant before) throws IOException {
    return Files.getLastModifiedTime(folder, LinkOption.NOFOLLOW_LINKS)
        .toInstant()
        .isBefore(before);
  }

  private boolean hasEnded(ExecutionId id, Instant before) {
    Execution execution = config.store().execution(id);
    Instant end = execution == null ? null : execution.endedAt();
    return end != null && !end.isAfter(before);
  }

  private static void delete(Path folder) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      LOG.debug("the log folder {} could not be deleted as a whole", folder, e);
    }
  }
}
