// Package wasm2c is the engine for what `linmem bind --lang go` writes: a module that wasm2c translated to C, by cgo.
//
// Copy this file into a folder of its own, and beside it
//
//   - linmem_engine.h, of abi/c;
//   - what `linmem bind --lang go MODULE.wasm --wasm2c engine.c` wrote;
//   - what `wasm2c MODULE.wasm -n MODULE -o MODULE.c` wrote;
//   - wasm2c's runtime: wasm-rt-impl.c and wasm-rt-impl.h, and in later versions wasm-rt-mem-impl.c.
//
// For wabt up to 1.0.32, set CGO_CFLAGS to -DLM_WABT_OLD. What wasm2c makes is for one goroutine at a time, whatever the number of
// instances.
package wasm2c

/*
#cgo CFLAGS: -DWASM_RT_MEMCHECK_SIGNAL_HANDLER=0
#cgo LDFLAGS: -lm
#include <stdlib.h>
#include "linmem_engine.h"

int linmemHost(void *user, uint32_t number, uint64_t *values, uint32_t count);
*/
import "C"

import (
	"errors"
	"fmt"
	"runtime/cgo"
	"unsafe"
)

// Instance is an instance of the module. It is a Guest and a Table of the bindings.
type Instance struct {
	engine *C.lm_engine
	// Where C finds the instance again.
	handle  *cgo.Handle
	host    func(number int, stack []uint64) error
	numbers map[string]C.int32_t
	memory  []byte
	// What a host function failed with.
	failed error
}

// New makes an instance whose imports are `host`: the method Host of the bindings' Module.
func New(host func(number int, stack []uint64) error) (*Instance, error) {
	instance := &Instance{host: host, numbers: map[string]C.int32_t{}}
	instance.handle = (*cgo.Handle)(C.malloc(C.size_t(unsafe.Sizeof(cgo.Handle(0)))))
	*instance.handle = cgo.NewHandle(instance)
	instance.engine = C.lm_engine_new(C.lm_engine_host(C.linmemHost), unsafe.Pointer(instance.handle))
	if instance.engine == nil {
		instance.release()
		return nil, errors.New("wasm2c: there is no memory for an instance, or it trapped")
	}
	return instance, nil
}

func (instance *Instance) release() {
	instance.handle.Delete()
	C.free(unsafe.Pointer(instance.handle))
}

// Close gives the memory back. Nothing of the instance can be used after that.
func (instance *Instance) Close() {
	if instance.engine != nil {
		C.lm_engine_delete(instance.engine)
		instance.release()
	}
	instance.engine, instance.memory = nil, nil
}

// Memory is the linear memory until the next call.
func (instance *Instance) Memory() []byte {
	if instance.memory == nil && instance.engine != nil {
		var size C.uint64_t
		start := C.lm_engine_memory(instance.engine, &size)
		instance.memory = unsafe.Slice((*byte)(unsafe.Pointer(start)), int(size))
	}
	return instance.memory
}

func (instance *Instance) find(name string) C.int32_t {
	number, known := instance.numbers[name]
	if !known {
		text := C.CString(name)
		defer C.free(unsafe.Pointer(text))
		number = C.lm_engine_find(text)
		instance.numbers[name] = number
	}
	return number
}

// Has tells whether the records name an export.
func (instance *Instance) Has(name string) bool { return instance.find(name) >= 0 }

// Call calls an export.
func (instance *Instance) Call(name string, args ...uint64) ([]uint64, error) {
	number := instance.find(name)
	if number < 0 {
		return nil, fmt.Errorf("wasm2c: there is no function %s", name)
	}
	return instance.run(args, func(values *C.uint64_t) C.int {
		return C.lm_engine_call(instance.engine, number, values)
	})
}

func (instance *Instance) run(args []uint64, call func(values *C.uint64_t) C.int) ([]uint64, error) {
	if instance.engine == nil {
		return nil, errors.New("wasm2c: the instance is closed")
	}
	values := append(make([]uint64, 0, len(args)+1), args...)
	values = values[:len(args)+1]
	status := call((*C.uint64_t)(&values[0]))
	instance.memory = nil
	if status != C.LM_ENGINE_OK {
		if instance.failed != nil {
			return nil, fmt.Errorf("wasm2c: trapped by a host function: %w", instance.failed)
		}
		return nil, errors.New("wasm2c: trapped")
	}
	return values[:1], nil
}

// Function is a function by its index in the table.
func (instance *Instance) Function(index uint32, params, results []byte) (func(args ...uint64) ([]uint64, error), error) {
	takes, gives := C.CString(string(params)), C.CString(string(results))
	defer C.free(unsafe.Pointer(takes))
	defer C.free(unsafe.Pointer(gives))
	signature := C.lm_engine_signature(takes, gives)
	switch C.lm_engine_call_index(instance.engine, signature, C.uint32_t(index), nil) {
	case C.LM_ENGINE_OK:
	case C.LM_ENGINE_NO_ENTRY:
		return nil, errors.New("the index is outside of the table")
	case C.LM_ENGINE_NO_FUNCTION:
		return nil, errors.New("the entry of the table is null")
	default:
		return nil, errors.New("the function is of another type")
	}
	return func(args ...uint64) ([]uint64, error) {
		return instance.run(args, func(values *C.uint64_t) C.int {
			return C.lm_engine_call_index(instance.engine, signature, C.uint32_t(index), values)
		})
	}, nil
}

//export linmemHost
func linmemHost(user unsafe.Pointer, number C.uint32_t, values *C.uint64_t, count C.uint32_t) C.int {
	instance := (*cgo.Handle)(user).Value().(*Instance)
	instance.memory = nil
	err := instance.host(int(number), unsafe.Slice((*uint64)(values), int(count)))
	instance.memory = nil
	if err != nil {
		instance.failed = err
		return 1
	}
	return 0
}
