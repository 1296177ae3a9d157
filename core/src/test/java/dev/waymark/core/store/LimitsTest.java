package dev.waymark.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.InvalidInputException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Limits")
class LimitsTest {
  private static final List<String> NAMES =
      Arrays.stream(Limits.class.getRecordComponents()).map(RecordComponent::getName).toList();

  private static Limits with(String name, int value) throws ReflectiveOperationException {
    Limits.Builder builder = Limits.builder();
    Limits.Builder.class.getMethod(name, int.class).invoke(builder, value);
    return builder.build();
  }

  private static int get(Limits limits, String name) throws ReflectiveOperationException {
    return (int) Limits.class.getMethod(name).invoke(limits);
  }

  @Test
  @DisplayName("have the documented defaults")
  void defaults() {
    assertThat(Limits.defaults())
        .isEqualTo(
            new Limits(
                1 << 20, 4096, 64, 1024, 262_144, 16_384, 255, 4096, 65_536, 16_384, 10 << 20,
                65_536, 1_000, 10_000, 10_000, 10_000, 32, 50_000, 1_000, 50, 512, 10_000,
                32 << 20));
  }

  @Test
  @DisplayName("have a setting each")
  void settings() throws ReflectiveOperationException {
    for (String name : NAMES) {
      Limits changed = with(name, 77);
      for (String other : NAMES) {
        int expected = other.equals(name) ? 77 : get(Limits.defaults(), other);
        assertThat(get(changed, other)).as("%s after setting %s", other, name).isEqualTo(expected);
      }
    }
  }

  @Test
  @DisplayName("below 1 are refused with their name")
  void belowOne() {
    for (String name : NAMES) {
      assertThatThrownBy(() -> with(name, 0))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContainingAll(name, "0", "at least 1");
    }
  }

  @Test
  @DisplayName("refuse a default page size over the maximum")
  void defaultOverMaximum() {
    assertThatThrownBy(() -> Limits.builder().maxPageSize(10).defaultPageSize(11).build())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("defaultPageSize 11", "maxPageSize 10");
  }

  @Test
  @DisplayName("of 1 are accepted, and a default page as large as the maximum")
  void least() throws ReflectiveOperationException {
    for (String name : NAMES) {
      Limits.Builder builder = Limits.builder().defaultPageSize(1);
      Limits.Builder.class.getMethod(name, int.class).invoke(builder, 1);
      assertThat(get(builder.build(), name)).isEqualTo(1);
    }
    assertThat(Limits.builder().maxPageSize(10).defaultPageSize(10).build().defaultPageSize())
        .isEqualTo(10);
  }
}
