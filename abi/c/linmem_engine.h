/*
 * linmem_engine.h - an instance of one module behind a few functions of fixed types, for languages that call C.
 *
 * `linmem bind --lang go --wasm2c FILE` (or java) writes the functions, over what wasm2c made of the module; abi/go and
 * abi/java call them. Arguments and results are 64 bits each: of an i32 or f32 the low half. Two modules in one program
 * have a LM_ENGINE each, defined for all files of a module.
 *
 * Compile all files with -DWASM_RT_MEMCHECK_SIGNAL_HANDLER=0: Go and Java have signal handlers of their own. What wasm2c
 * makes is for one thread at a time, in the whole process.
 */
#ifndef LINMEM_ENGINE_H
#define LINMEM_ENGINE_H

#include <stdint.h>

#ifndef LM_ENGINE
#define LM_ENGINE(name) lm_engine_##name
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef struct lm_engine lm_engine;

/** A host function by its number, in the order of the bindings' table. It returns other than 0 to trap. `count` is at least 1. */
typedef int (*lm_engine_host)(void *user, uint32_t number, uint64_t *values, uint32_t count);

/** Why a call came to nothing. */
enum { LM_ENGINE_OK, LM_ENGINE_TRAPPED, LM_ENGINE_NO_ENTRY, LM_ENGINE_NO_FUNCTION, LM_ENGINE_OTHER_TYPE };

/** An instance; NULL without memory, or if it trapped. */
lm_engine *LM_ENGINE(new)(lm_engine_host host, void *user);

void LM_ENGINE(delete)(lm_engine *engine);

/** Where linear memory is until the next call, and its size in bytes. */
uint8_t *LM_ENGINE(memory)(lm_engine *engine, uint64_t *size);

/** The number of an export; below 0 if there is none of that name in the records. */
int32_t LM_ENGINE(find)(const char *name);

/** The number of a signature in the records, by its parameters and results as bytes of the binary format; below 0 if there is none. */
int32_t LM_ENGINE(signature)(const char *params, const char *results);

/** Calls an export: arguments in `values`, of which there is at least one; the result takes the place of the first. */
int LM_ENGINE(call)(lm_engine *engine, int32_t number, uint64_t *values);

/** Calls the function at an index of the table; without `values`, says whether that is one of the signature. */
int LM_ENGINE(call_index)(lm_engine *engine, int32_t signature, uint32_t index, uint64_t *values);

#ifdef __cplusplus
}
#endif

#endif
