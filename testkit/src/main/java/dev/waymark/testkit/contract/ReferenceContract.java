package dev.waymark.testkit.contract;

import dev.waymark.core.store.Limits;
import dev.waymark.testkit.contract.base.ContractTest;
import dev.waymark.testkit.model.Comparison;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Comparison with the reference store: the same change sets and the same queries get the same
 * answers, and errors match word for word. It runs a few fixed seeds. {@link Comparison} runs any
 * number of seeds.
 *
 * @since 0.1.0
 */
public abstract class ReferenceContract extends ContractTest {
  private static final int STEPS = 200;

  /** For backends that run this topic alone. */
  protected ReferenceContract() {}

  @Override
  protected Limits limits() {
    return Comparison.limits();
  }

  @ParameterizedTest(name = "(seed {0})")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  @DisplayName("random change sets and queries have the same results as in the reference store")
  void sameAsReference(long seed) {
    new Comparison(
            clock, Map.of("the store", store), "run this test again, its seeds are always the same")
        .run(seed, STEPS);
  }
}
