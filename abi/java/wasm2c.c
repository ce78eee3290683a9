/*
 * wasm2c.c - the native methods of Wasm2c.java, over linmem_engine.h.
 *
 * An exception of a host function stays pending while the guest is left by a trap, and is thrown when the native method that
 * called the guest returns.
 */
#include "linmem_engine.h"
#include <jni.h>
#include <stdlib.h>

typedef struct instance {
    lm_engine *engine;
    JavaVM *vm;
    jobject host;
    jmethodID method;
} instance;

static instance *of(jlong handle)
{
    return (instance *)(intptr_t)handle;
}

/* Fills in an array of the same number of longs. */
static int call_host(void *user, uint32_t number, uint64_t *values, uint32_t count)
{
    const instance *const self = user;
    JNIEnv *env = NULL;
    if ((*self->vm)->GetEnv(self->vm, (void **)&env, JNI_VERSION_1_8) != JNI_OK) {
        return 1;
    }
    const jlongArray stack = (*env)->NewLongArray(env, (jsize)count);
    if (stack == NULL) {
        return 1;
    }
    (*env)->SetLongArrayRegion(env, stack, 0, (jsize)count, (const jlong *)values);
    (*env)->CallVoidMethod(env, self->host, self->method, (jint)number, stack);
    if ((*env)->ExceptionCheck(env)) {
        return 1;
    }
    (*env)->GetLongArrayRegion(env, stack, 0, (jsize)count, (jlong *)values);
    (*env)->DeleteLocalRef(env, stack);
    return 0;
}

static void drop(JNIEnv *env, instance *self)
{
    (*env)->DeleteGlobalRef(env, self->host);
    free(self);
}

JNIEXPORT jlong JNICALL Java_wasm2c_Wasm2c_open(JNIEnv *env, jclass class, jobject host)
{
    (void)class;
    instance *const self = calloc(1, sizeof *self);
    if (self == NULL) {
        return 0;
    }
    self->host = (*env)->NewGlobalRef(env, host);
    self->method = (*env)->GetMethodID(env, (*env)->GetObjectClass(env, host), "host", "(I[J)V");
    if (self->host == NULL || self->method == NULL || (*env)->GetJavaVM(env, &self->vm) != JNI_OK) {
        drop(env, self);
        return 0;
    }
    self->engine = LM_ENGINE(new)(call_host, self);
    if (self->engine == NULL) {
        drop(env, self);
        return 0;
    }
    return (jlong)(intptr_t)self;
}

JNIEXPORT void JNICALL Java_wasm2c_Wasm2c_close(JNIEnv *env, jclass class, jlong handle)
{
    (void)class;
    LM_ENGINE(delete)(of(handle)->engine);
    drop(env, of(handle));
}

JNIEXPORT jlong JNICALL Java_wasm2c_Wasm2c_size(JNIEnv *env, jclass class, jlong handle)
{
    (void)env;
    (void)class;
    uint64_t size = 0;
    LM_ENGINE(memory)(of(handle)->engine, &size);
    return (jlong)size;
}

JNIEXPORT jobject JNICALL Java_wasm2c_Wasm2c_memory(JNIEnv *env, jclass class, jlong handle, jlong address, jint size)
{
    (void)class;
    uint64_t whole = 0;
    uint8_t *const memory = LM_ENGINE(memory)(of(handle)->engine, &whole);
    return (*env)->NewDirectByteBuffer(env, memory + address, size);
}

/* Calls a function of this file with text of Java's; below 0 if there is no memory for that. */
static jint with_text(JNIEnv *env, jstring one, jstring two, jint (*use)(const char *one, const char *two))
{
    jint result = -1;
    const char *const first = (*env)->GetStringUTFChars(env, one, NULL);
    const char *const second = first == NULL ? NULL : (*env)->GetStringUTFChars(env, two, NULL);
    if (second != NULL) {
        result = use(first, second);
        (*env)->ReleaseStringUTFChars(env, two, second);
    }
    if (first != NULL) {
        (*env)->ReleaseStringUTFChars(env, one, first);
    }
    return result;
}

static jint find(const char *name, const char *same)
{
    (void)same;
    return LM_ENGINE(find)(name);
}

static jint signature(const char *parameters, const char *results)
{
    return LM_ENGINE(signature)(parameters, results);
}

JNIEXPORT jint JNICALL Java_wasm2c_Wasm2c_find(JNIEnv *env, jclass class, jstring name)
{
    (void)class;
    return with_text(env, name, name, find);
}

JNIEXPORT jint JNICALL Java_wasm2c_Wasm2c_signature(JNIEnv *env, jclass class, jstring parameters, jstring results)
{
    (void)class;
    return with_text(env, parameters, results, signature);
}

JNIEXPORT jint JNICALL Java_wasm2c_Wasm2c_call(JNIEnv *env, jclass class, jlong handle, jint number, jlongArray values)
{
    (void)class;
    jlong *const content = (*env)->GetLongArrayElements(env, values, NULL);
    if (content == NULL) {
        return LM_ENGINE_TRAPPED;
    }
    const int status = LM_ENGINE(call)(of(handle)->engine, number, (uint64_t *)content);
    (*env)->ReleaseLongArrayElements(env, values, content, 0);
    return status;
}

JNIEXPORT jint JNICALL
Java_wasm2c_Wasm2c_callIndex(JNIEnv *env, jclass class, jlong handle, jint signature_number, jint index, jlongArray values)
{
    (void)class;
    if (values == NULL) {
        return LM_ENGINE(call_index)(of(handle)->engine, signature_number, (uint32_t)index, NULL);
    }
    jlong *const content = (*env)->GetLongArrayElements(env, values, NULL);
    if (content == NULL) {
        return LM_ENGINE_TRAPPED;
    }
    const int status = LM_ENGINE(call_index)(of(handle)->engine, signature_number, (uint32_t)index, (uint64_t *)content);
    (*env)->ReleaseLongArrayElements(env, values, content, 0);
    return status;
}
