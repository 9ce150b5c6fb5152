package dev.drover.poolfile;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import dev.drover.protocol.pool.v1.WorkerPool;
import org.junit.jupiter.api.Test;

class ProtoRulesTest {

    @Test
    void everyRuleOfTheProtoIsKnownAndHasWords() {
        for (Descriptor type : WorkerPool.getDescriptor().getFile().getMessageTypes()) {
            // given a message with every single scalar set, so that all its rules are asked
            var message = DynamicMessage.newBuilder(type);
            for (FieldDescriptor field : type.getFields()) {
                if (!field.isRepeated() && field.getJavaType() == FieldDescriptor.JavaType.STRING) {
                    message.setField(field, "=".repeat(200));
                } else if (!field.isRepeated() && field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
                    message.setField(field, field.getDefaultValue());
                }
            }

            // when
            var violations = ProtoRules.check(message.build());

            // then
            assertThat(violations).noneMatch(violation -> violation.message().contains("pattern"));
        }
    }
}
