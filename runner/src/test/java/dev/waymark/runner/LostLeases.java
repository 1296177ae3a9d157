package dev.waymark.runner;

import dev.waymark.core.model.AttemptId;
import dev.waymark.runner.api.RunListener;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Records lost leases. */
final class LostLeases implements RunListener {
  final List<AttemptId> lost = Collections.synchronizedList(new ArrayList<>());

  @Override
  public void leaseLost(AttemptId attempt) {
    lost.add(attempt);
  }
}
