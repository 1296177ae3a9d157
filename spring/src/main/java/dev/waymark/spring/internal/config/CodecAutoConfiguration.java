package dev.waymark.spring.internal.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.waymark.core.model.PayloadCodec;
import dev.waymark.jackson.Jackson2Codec;
import dev.waymark.jackson.JacksonCodec;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import tools.jackson.databind.json.JsonMapper;

/** The codec, by the mapper of the application: Jackson 3 if it has one, else Jackson 2. */
@AutoConfiguration(
    afterName = {
      "org.springframework.boot.autoconfigure.jackson.JacksonAutoConfiguration",
      "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration",
      "org.springframework.boot.jackson2.autoconfigure.Jackson2AutoConfiguration"
    })
@ConditionalOnProperty(name = "waymark.enabled", matchIfMissing = true)
public class CodecAutoConfiguration {
  /** Created by Spring. */
  public CodecAutoConfiguration() {}

  /** By Jackson 3. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(JsonMapper.class)
  @Order(1)
  static class Jackson3 {
    @Bean
    @ConditionalOnMissingBean(PayloadCodec.class)
    @ConditionalOnSingleCandidate(JsonMapper.class)
    PayloadCodec waymarkCodec(JsonMapper mapper) {
      return JacksonCodec.of(mapper);
    }
  }

  /** By Jackson 2. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(ObjectMapper.class)
  @Order(2)
  static class Jackson2 {
    @Bean
    @ConditionalOnMissingBean(PayloadCodec.class)
    @ConditionalOnSingleCandidate(ObjectMapper.class)
    PayloadCodec waymarkJackson2Codec(ObjectMapper mapper) {
      return Jackson2Codec.of(mapper);
    }
  }
}
