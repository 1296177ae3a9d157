package dev.waymark.runner.internal.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The text for an exit code")
class SignalsTest {
  @Test
  @DisplayName("names the code or the signal")
  void exitCodesAreSaidInWords() {
    assertThat(Signals.error(0)).isNull();
    assertThat(Signals.error(127)).isEqualTo("exited with code 127");
    assertThat(Signals.error(137)).isEqualTo("killed by signal 9 (SIGKILL)");
    assertThat(Signals.error(128)).isEqualTo("exited with code 128");
    assertThat(Signals.error(255)).isEqualTo("exited with code 255");
  }
}
