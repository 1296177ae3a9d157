package dev.waymark.cli.internal;

import java.time.ZoneId;
import java.util.function.Supplier;

/**
 * The zone of this machine, which is looked up when a time is to be shown. Not a lambda: the first
 * of a process costs some milliseconds, and {@code waymark version} needs no other.
 */
public final class SystemZone implements Supplier<ZoneId> {
  @Override
  public ZoneId get() {
    return ZoneId.systemDefault();
  }
}
