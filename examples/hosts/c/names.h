/*
 * Names in what wasm2c writes for the module "tour". They differ between versions of wabt: build.sh defines WABT_OLD for
 * those up to 1.0.32, which is Debian 12's.
 */
#ifndef NAMES_H
#define NAMES_H

#include "tour.h" /* written by wasm2c */
#include "wasm-rt-impl.h"
#include <string.h>

#ifdef WABT_OLD
#define EXPORT(name) Z_tourZ_##name
#define IMPORT(name) Z_envZ_##name
#define TABLE Z_tourZ___indirect_function_table
typedef Z_tour_instance_t instance_t;
typedef struct Z_env_instance_t env_t;
#else
#include "wasm-rt-exceptions.h"
#define EXPORT(name) w2c_tour_##name
#define IMPORT(name) w2c_env_##name
#define TABLE w2c_tour_0x5F_indirect_function_table
typedef w2c_tour instance_t;
typedef struct w2c_env env_t;
#endif

/* Makes an instance. The imports are given by defining functions of their names. */
static inline void instantiate(instance_t *instance)
{
#ifdef WABT_OLD
    Z_tour_init_module();
    Z_tour_instantiate(instance, NULL);
#else
    wasm2c_tour_instantiate(instance, NULL);
#endif
}

static inline void drop_instance(instance_t *instance)
{
#ifdef WABT_OLD
    Z_tour_free(instance);
#else
    wasm2c_tour_free(instance);
#endif
}

/* Size of linear memory in bytes, which takes 33 bits; the old field `size` has 32. */
static inline uint64_t memory_size(instance_t *instance)
{
#ifdef WABT_OLD
    return (uint64_t)EXPORT(memory)(instance)->pages * 65536;
#else
    return EXPORT(memory)(instance)->size;
#endif
}

/* Whether a table entry is a function with the wasm type (i32) -> i32. */
static inline bool is_i32_to_i32(const wasm_rt_funcref_t *entry)
{
#ifdef WABT_OLD
    return entry->func != NULL && entry->func_type == wasm_rt_register_func_type(1, 1, WASM_RT_I32, WASM_RT_I32);
#else
    return entry->func != NULL &&
           memcmp(entry->func_type, wasm2c_tour_get_func_type(1, 1, WASM_RT_I32, WASM_RT_I32), 32) == 0;
#endif
}

#endif
