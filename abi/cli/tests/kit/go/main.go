// The conformance kit on what `linmem bind --lang go` writes. cases.go is printed from the kit's cases.
//
// Prints a line for each case that failed: name <tab> step, what was expected, what came. A last line counts.
package main

import (
	"errors"
	"fmt"
	"math"
	"os"
	"reflect"
	"unicode/utf8"

	"kit/guest"
	"kit/wasm2c"
)

// What a step came to: an error of the host, or of this program.
type stepError struct{ err error }
type failure string

type run struct {
	m        *guest.Module
	hosts    []expected
	problem  failure
	ownSteps int
}

// A call of a host function that is expected: a function of the type of the import.
type expected struct {
	name     string
	function any
}

func ok(err error) {
	if err != nil {
		panic(stepError{err})
	}
}

func get[T any](value T, err error) T {
	ok(err)
	return value
}

func (t *run) fail(where, format string, args ...any) {
	problem := failure(where + ": " + fmt.Sprintf(format, args...))
	if t.problem == "" {
		t.problem = problem
	}
	panic(t.problem)
}

// Runs a step. `fails` is how it has to: "trap", "refused", the name of a status, or "status".
func (t *run) step(where, fails string, code int32, hosts []expected, body func()) {
	outer := t.hosts
	t.hosts = hosts
	err := catch(body)
	left := len(t.hosts)
	t.hosts = outer
	switch {
	case t.problem != "":
		panic(t.problem)
	case err == nil && fails != "":
		t.fail(where, "expected %s, and nothing failed", fails)
	case err == nil && left > 0:
		t.fail(where, "%d calls of host functions did not come", left)
	case err == nil:
		return
	case fails == "":
		t.fail(where, "%v", err)
	}
	var status interface {
		Code() int32
		Error() string
	}
	named := errors.As(err, &status)
	switch fails {
	case "trap":
		if !errors.Is(err, guest.ErrTrapped) {
			t.fail(where, "expected a trap, got %v", err)
		}
	case "refused":
	default:
		if !named || status.Code() != code || fails != "status" && status.Error() != fails {
			t.fail(where, "expected %s (%d), got %v", fails, code, err)
		}
	}
	_, dead := t.m.SameBool(true)
	if (dead != nil) != (fails == "trap") {
		t.fail(where, "expected %s, got %v, and then %v", fails, err, dead)
	}
}

// The error that ended it. What this program found goes on.
func catch(body func()) (err error) {
	defer func() {
		switch came := recover().(type) {
		case nil:
		case stepError:
			err = came.err
		default:
			panic(came)
		}
	}()
	body()
	return nil
}

// The function that is called next, if it is that one.
func next[F any](t *run, name string) F {
	if len(t.hosts) == 0 || t.hosts[0].name != name {
		t.fail(name, "the guest called it, which was not expected")
	}
	function := t.hosts[0].function.(F)
	t.hosts = t.hosts[1:]
	return function
}

// Gives what ended a host function to the guest as an error.
func (t *run) hosted(body func()) error {
	err := catch(body)
	if err != nil && t.problem == "" {
		t.problem = failure("host function: " + err.Error())
	}
	return err
}

func (t *run) eq(where string, got, want any) {
	same := reflect.DeepEqual(got, want)
	switch got := got.(type) {
	case float32:
		want := want.(float32)
		same = math.Float32bits(got) == math.Float32bits(want) || got != got && want != want
	case float64:
		want := want.(float64)
		same = math.Float64bits(got) == math.Float64bits(want) || got != got && want != want
	}
	if !same {
		t.fail(where, "expected %s, got %s", brief(want), brief(got))
	}
}

func brief(value any) string {
	text := fmt.Sprintf("%+v", value)
	if !utf8.ValidString(text) || len(text) > 200 {
		text = fmt.Sprintf("%.200q", text)
	}
	return text
}

// Bytes as the case writes them, -1 for what is not compared.
func (t *run) bytes(where string, list *guest.List[uint8, uint8], want ...int) {
	got := get(list.Copy())
	same := len(got) == len(want)
	for index := 0; same && index < len(got); index++ {
		same = want[index] < 0 || int(got[index]) == want[index]
	}
	if !same {
		t.fail(where, "expected %v, got %v", want, got)
	}
}

func repeat[T any](count int, value T) guest.Slice[T] {
	values := make(guest.Slice[T], count)
	for index := range values {
		values[index] = value
	}
	return values
}

func words(values ...uint32) guest.Slice[uint8] {
	bytes := guest.Slice[uint8]{}
	for _, value := range values {
		bytes = append(bytes, byte(value), byte(value>>8), byte(value>>16), byte(value>>24))
	}
	return bytes
}

func (t *run) live() [2]uint32 { return [2]uint32{get(t.m.LiveBlocks()), get(t.m.LiveBytes())} }

func (t *run) all(body func(*run), traps bool) (problem failure) {
	defer func() {
		switch came := recover().(type) {
		case nil:
		case failure:
			problem = came
		case stepError:
			problem = failure(came.err.Error())
		default:
			problem = failure(fmt.Sprint("panic: ", came))
		}
	}()
	before := t.live()
	body(t)
	if !traps {
		t.eq("end, blocks and bytes", t.live(), before)
	}
	return ""
}

func main() {
	wasm, err := os.ReadFile(os.Args[1])
	ok(err)
	ran, failed := 0, 0
	for _, of := range cases {
		if of.needs && os.Getenv("KIT_SMALL") != "" {
			continue
		}
		t := &run{}
		t.m = guest.New(t)
		instance, err := wasm2c.New(t.m.Host)
		ok(err)
		ok(t.m.Bind(instance, wasm))
		ran++
		if problem := t.all(of.run, of.traps); problem != "" {
			failed++
			fmt.Printf("%s\t%s\n", of.name, problem)
		}
		instance.Close()
	}
	fmt.Printf("%d cases, %d failures\n", ran, failed)
}
