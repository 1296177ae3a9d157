/**
 * Codecs that map {@linkplain dev.waymark.core.model.Payload payloads} to classes and back by
 * Jackson. The program brings Jackson 3 ({@link dev.waymark.jackson.JacksonCodec}) or Jackson 2
 * ({@link dev.waymark.jackson.Jackson2Codec}).
 */
@NullMarked
package dev.waymark.jackson;

import org.jspecify.annotations.NullMarked;
