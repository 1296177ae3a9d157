package dev.waymark.cli.internal.base;

import java.time.Instant;
import java.time.ZoneId;
import java.util.function.Supplier;

/** The zone of local times. */
@FunctionalInterface
public interface LocalZone extends Supplier<ZoneId> {
  /** The zone, for times that a user has given. */
  @Override
  ZoneId get();

  /** Keeps this zone, and makes UTC the default of the JVM, where the zone is that default. */
  default void keep() {}

  /** What is as good as the zone for showing this moment. */
  default ZoneId at(Instant time) {
    return get();
  }
}
