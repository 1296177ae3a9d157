package dev.waymark.core.internal.decide;

import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.internal.submit.PastCommit;
import dev.waymark.core.store.CommitResult;
import java.util.List;

/** The result of the decision about one change set. */
public sealed interface Verdict {

  /** The change set is accepted: the store writes these effects and the record of the commit. */
  record Accepted(CommitResult result, PastCommit past, List<Effect> effects) implements Verdict {}

  /** The change set was committed before; the store writes nothing. */
  record Repeated(CommitResult result) implements Verdict {}

  /** The change set is refused; the store writes nothing of it. */
  record Refused(WaymarkException error) implements Verdict {}
}
