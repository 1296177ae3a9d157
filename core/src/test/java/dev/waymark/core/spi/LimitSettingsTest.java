package dev.waymark.core.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.store.Limits;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The limits in the URL of a store")
class LimitSettingsTest {
  private static final List<RecordComponent> LIMITS =
      Arrays.asList(Limits.class.getRecordComponents());

  private static String setting(RecordComponent limit) {
    return limit.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  @Test
  @DisplayName("there is a setting for each limit, which sets that limit and no other")
  void everyLimit() throws ReflectiveOperationException {
    assertThat(LimitSettings.names())
        .containsExactlyElementsOf(LIMITS.stream().map(LimitSettingsTest::setting).toList());
    for (RecordComponent limit : LIMITS) {
      LimitSettings settings = new LimitSettings(Limits.defaults());
      assertThat(settings.take(setting(limit), "7")).isTrue();
      // The default page size must not be over the maximum.
      settings.take("default-page-size", "7");
      for (RecordComponent each : LIMITS) {
        Object expected =
            each.equals(limit) || each.getName().equals("defaultPageSize")
                ? 7
                : each.getAccessor().invoke(Limits.defaults());
        assertThat(each.getAccessor().invoke(settings.limits()))
            .as(setting(limit) + " and " + each.getName())
            .isEqualTo(expected);
      }
    }
  }

  @Test
  @DisplayName("a limit that the URL does not set is that of the program")
  void unchanged() {
    Limits own = Limits.builder().maxLabels(3).maxPageSize(60).build();
    LimitSettings settings = new LimitSettings(own);
    settings.takeAll("max-page-size=50&own=x", Set.of("own"), (name, value) -> {});
    assertThat(settings.limits()).isEqualTo(own.toBuilder().maxPageSize(50).build());
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("a wrong setting is refused with what is allowed")
  @CsvSource(
      delimiter = '|',
      value = {
        "max-labels=0 | store setting max-labels 0 is out of range; use 1 or more",
        "max-labels=-1 | store setting max-labels -1 is out of range; use 1 or more",
        "max-labels=99999999999 | store setting max-labels \"99999999999\" is out of range; use 1"
            + " or more",
        "max-labels=many | store setting max-labels \"many\" is not a whole number; use 1 or more",
        "max-labels | store setting max-labels \"\" is not a whole number; use 1 or more",
        "max-lables=1 | unknown store setting \"max-lables\"; did you mean \"max-labels\"?",
        "x | unknown store setting; use one of max-definition-bytes",
      })
  void invalid(String query, String message) {
    LimitSettings settings = new LimitSettings(Limits.defaults());
    assertThatThrownBy(() -> settings.takeAll(query, Set.of(), (name, value) -> {}))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(message);
  }
}
