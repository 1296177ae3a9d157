package dev.waymark.cli.internal.base;

import java.time.Instant;
import java.time.ZoneId;
import java.util.function.Supplier;

/** The time zone of local times. */
@FunctionalInterface
public interface LocalZone extends Supplier<ZoneId> {
  /** Returns the zone for times that a user enters. */
  @Override
  ZoneId get();

  /** Keeps the current zone; if it is the default of the JVM, sets that default to UTC. */
  default void keep() {}

  /** Returns a zone that shows this instant as the local zone does. */
  default ZoneId at(Instant time) {
    return get();
  }
}
