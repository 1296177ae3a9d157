package dev.waymark.core.internal.decide;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each kind calls its own method, so a kind without a method does not compile. Each store that
 * writes effects implements the visitor, so a method that one of them does not have does not
 * compile either. Two mistakes would still compile: a kind that inherits the call of another, and a
 * method that no kind calls. This test finds both.
 */
@DisplayName("The dispatch over the kinds of effects")
class EffectVisitorTest {
  private static Stream<Class<?>> kinds(Class<?> type) {
    return type.isSealed()
        ? Arrays.stream(type.getPermittedSubclasses()).flatMap(EffectVisitorTest::kinds)
        : Stream.of(type);
  }

  @Test
  @DisplayName("has one method for each kind")
  void oneMethodForEachKind() {
    assertThat(Arrays.stream(EffectVisitor.class.getMethods()).map(m -> m.getParameterTypes()[0]))
        .containsExactlyInAnyOrderElementsOf(kinds(Effect.class).toList());
  }

  @Test
  @DisplayName("calls the method of the kind, once, with the effect")
  void everyKind() throws ReflectiveOperationException {
    for (Class<?> kind : kinds(Effect.class).toList()) {
      Effect effect = empty(kind);
      List<Object> visited = new ArrayList<>();
      effect.accept(
          (EffectVisitor)
              Proxy.newProxyInstance(
                  EffectVisitor.class.getClassLoader(),
                  new Class<?>[] {EffectVisitor.class},
                  (proxy, method, arguments) -> {
                    visited.add(arguments[0]);
                    return check(method, kind);
                  }));
      assertThat(visited).as(kind.getSimpleName()).hasSize(1).first().isSameAs(effect);
    }
  }

  private static Object check(Method method, Class<?> kind) {
    assertThat(method.getParameterTypes()).containsExactly(kind);
    return null;
  }

  @Test
  @DisplayName("a kind that no dispatch knows does not compile")
  void unknownKind(@TempDir Path folder) throws IOException {
    String file = Effect.class.getName().replace('.', '/') + ".java";
    String text = Files.readString(Path.of("src", "main", "java").resolve(file));
    int end = text.lastIndexOf('}');
    assertThat(errors(folder, text)).isEmpty();
    assertThat(errors(folder, text.substring(0, end) + "record Unknown() implements Effect {}}"))
        .singleElement(InstanceOfAssertFactories.STRING)
        .contains("Unknown is not abstract and does not override abstract method accept");
    assertThat(
            errors(
                folder,
                text.substring(0, end)
                    + """
                    record Unknown() implements Effect {
                      @Override
                      public void accept(EffectVisitor visitor) {
                        visitor.visit(this);
                      }
                    }}
                    """))
        .singleElement(InstanceOfAssertFactories.STRING)
        .contains("no suitable method found for visit");
  }

  /** Compiles a changed source against the compiled classes of this module. */
  private static List<String> errors(Path folder, String source) throws IOException {
    Path changed = Files.writeString(folder.resolve("Effect.java"), source);
    return Compilation.errors(folder, List.of(changed)).stream()
        .map(each -> each.getMessage(Locale.ROOT))
        .toList();
  }

  /** An effect whose components are null or 0; its kind is all that matters here. */
  private static Effect empty(Class<?> kind) throws ReflectiveOperationException {
    Constructor<?> constructor = kind.getDeclaredConstructors()[0];
    Object[] components =
        Arrays.stream(constructor.getParameterTypes())
            .map(type -> Array.get(Array.newInstance(type, 1), 0))
            .toArray();
    return (Effect) constructor.newInstance(components);
  }
}
