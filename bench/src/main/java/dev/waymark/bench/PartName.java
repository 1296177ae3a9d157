package dev.waymark.bench;

import dev.waymark.bench.claims.ClaimsPart;
import dev.waymark.bench.commits.CommitsPart;
import dev.waymark.bench.disk.DiskPart;
import dev.waymark.bench.flat.FlatPart;
import dev.waymark.bench.jobs.JobsPart;
import dev.waymark.bench.listeners.ListenersPart;
import dev.waymark.bench.micro.MicroPart;
import dev.waymark.bench.pages.LargePart;
import dev.waymark.bench.pages.PagesPart;
import dev.waymark.bench.part.Part;
import dev.waymark.bench.process.MemoryPart;
import dev.waymark.bench.process.StartupPart;
import dev.waymark.bench.queue.QueuePart;
import dev.waymark.bench.workflow.WorkflowPart;
import java.util.Locale;

/** The parts by name. */
enum PartName {
  COMMITS,
  LISTENERS,
  PAGES,
  LARGE,
  CLAIMS,
  FLAT,
  JOBS,
  QUEUE,
  WORKFLOW,
  STARTUP,
  DISK,
  MEMORY,
  MICRO,
  ALL;

  Part part() {
    return switch (this) {
      case COMMITS -> new CommitsPart();
      case LISTENERS -> new ListenersPart();
      case PAGES -> new PagesPart();
      case LARGE -> new LargePart();
      case CLAIMS -> new ClaimsPart();
      case FLAT -> new FlatPart();
      case JOBS -> new JobsPart();
      case QUEUE -> new QueuePart();
      case WORKFLOW -> new WorkflowPart();
      case STARTUP -> new StartupPart();
      case DISK -> new DiskPart();
      case MEMORY -> new MemoryPart();
      case MICRO -> new MicroPart();
      case ALL -> throw new IllegalArgumentException("all is more than one part");
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
