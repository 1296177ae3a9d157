package dev.waymark.core.internal.decide;

import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.store.CommitResult;
import java.util.List;

/** What became of one change set. */
public sealed interface Verdict {

  /** It holds: these effects are to be written, and the past of the commit with them. */
  record Accepted(CommitResult result, PastCommit past, List<Effect> effects) implements Verdict {}

  /** It was committed before; nothing is to be written. */
  record Repeated(CommitResult result) implements Verdict {}

  /** It does not hold; nothing of it is to be written. */
  record Refused(WaymarkException error) implements Verdict {}
}
