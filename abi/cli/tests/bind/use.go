// Uses what `linmem bind --lang go` wrote for the guest `records`, over an engine that is made up here: what a wasm engine could not be
// brought to do, such as records that differ and a host that hides a trap. The rest is the kit's.
package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strings"

	"use/names"
	"use/records"
)

// An engine of a few functions over some memory.
type fake struct {
	m      *records.Module
	memory []byte
	next   uint32
	calls  []string
	lacks  string
}

func (f *fake) Memory() []byte { return f.memory }

func (f *fake) Has(name string) bool { return name != f.lacks && name != "_initialize" }

func (f *fake) Call(name string, args ...uint64) ([]uint64, error) {
	f.calls = append(f.calls, name)
	switch name {
	case "abi_alloc":
		f.next = (f.next + uint32(args[1]) - 1) &^ (uint32(args[1]) - 1)
		f.next += uint32(args[0])
		return []uint64{uint64(f.next) - args[0]}, nil
	case "points_new":
		return []uint64{16}, nil
	case "points_get":
		return []uint64{32}, nil
	case "log_loop":
		for number, function := range records.HostFunctions {
			if function.Name == "log_nr" {
				return nil, f.m.Host(number, []uint64{args[0]})
			}
		}
	case "open":
		return nil, errors.New("no luck")
	}
	return []uint64{0}, nil
}

func (f *fake) Function(index uint32, params, results []byte) (func(args ...uint64) ([]uint64, error), error) {
	return nil, errors.New("no table")
}

type imports struct {
	records.Imports
	m       *records.Module
	logged  uint32
	hides   bool
	panics  bool
	refuses error
}

func (i *imports) EnvLogNr(nr uint32) error {
	i.logged = nr
	if i.hides {
		// The trap of this call is not passed on.
		_, _ = i.m.Open()
	}
	if i.panics {
		panic("a bug")
	}
	return i.refuses
}

func check(ok bool, what ...any) {
	if !ok {
		fmt.Fprintln(os.Stderr, what...)
		os.Exit(1)
	}
}

func bound() (*records.Module, *fake, *imports) {
	host := &imports{}
	m := records.New(host)
	f := &fake{m: m, memory: make([]byte, 65536), next: 1024}
	host.m = m
	// A point at 32, whose name is at 64.
	binary.LittleEndian.PutUint32(f.memory[40:], 64)
	copy(f.memory[64:], "borrowed\x00")
	err := m.Bind(f, nil)
	check(err == nil, err)
	return m, f, host
}

func main() {
	section, err := os.ReadFile(os.Args[1])
	check(err == nil, err)
	bind := func(section []byte, lacks string) error {
		return records.New(nil).Bind(&fake{lacks: lacks}, section)
	}
	text := string(section)
	check(bind(section, "") == nil, bind(section, ""))
	for _, same := range []string{
		strings.Replace(text, "fn average values:", "fn average numbers:", 1),
		text + "fn more\n!fn most\nnews of no interest\n",
		strings.Replace(text, "Empty=16", "Full=18 Empty=16", 1),
		strings.Replace(text, "const MAX u32 16", "const MAX u32 17", 1),
	} {
		check(same != text && bind([]byte(same), "") == nil, bind([]byte(same), ""))
	}
	for _, other := range []string{
		"",
		strings.Replace(text, "fn average values:[]i32", "fn average values:[]u32", 1),
		strings.Replace(text, "struct Point 12 4 x:0:i32", "struct Point 12 4 z:0:i32", 1),
		strings.Replace(text, "Empty=16", "Empty=19", 1),
		strings.Replace(text, "drop drop_point ^*Point\n", "", 1),
		text + "!news that must be understood\n",
		text + "\xff\n",
		text + "fn average -> i32\n",
		text + "abi 2 wasm32\n",
		"\x00asm\x01\x00\x00\x00\x00\xff\xff\xff\xff\x0f",
	} {
		err := bind([]byte(other), "")
		check(other != text && errors.Is(err, records.ErrRefused), other, err)
	}
	check(errors.Is(bind(nil, "create_point"), records.ErrRefused), "a module lacks a function")
	check(errors.Is(bind(nil, "abi_realloc"), records.ErrRefused), "a module lacks a role")

	// Nothing is called before there is an instance.
	_, err = records.New(nil).CreatePoint(1, 2, "x")
	check(errors.Is(err, records.ErrRefused), err)

	// What is borrowed is not handed over, and not closed.
	m, f, _ := bound()
	points, err := m.PointsNew()
	check(err == nil, err)
	point, err := m.PointsGet(points, 0)
	check(err == nil, err)
	name, err := point.Name()
	check(err == nil && name == "borrowed", name, err)
	before := len(f.calls)
	check(errors.Is(m.DropPoint(point), records.ErrRefused), "a borrowed point is handed over")
	check(errors.Is(point.Close(), records.ErrRefused), "a borrowed point is closed")
	check(errors.Is(point.SetX(1), records.ErrRefused), "a borrowed point is written to")
	check(len(f.calls) == before, f.calls[before:])
	var none *records.Point
	check(errors.Is(m.DropPoint(none), records.Null), "a nil pointer is null")
	var nothing *records.Op
	_, err = nothing.Call(1, 1)
	check(errors.Is(err, records.Null), err)

	// A view of another instance is not this one's.
	other, _, _ := bound()
	_, err = other.PointsGet(points, 0)
	check(errors.Is(err, records.ErrRefused), err)

	// An owner is freed once, and by its drop.
	before = len(f.calls)
	check(points.Close() == nil && points.Close() == nil, "an owner is closed twice")
	check(strings.Join(f.calls[before:], " ") == "drop_points", f.calls[before:])
	_, err = points.Get()
	check(errors.Is(err, records.ErrRefused), err)

	// A trap that a host function hides ends the instance all the same.
	m, f, host := bound()
	host.hides = true
	err = m.LogLoop(7)
	check(errors.Is(err, records.ErrTrapped) && host.logged == 7, err)
	before = len(f.calls)
	_, err = m.PointsNew()
	check(errors.Is(err, records.ErrTrapped) && len(f.calls) == before, err)

	// So does a panic of the host, and an error where no status is declared.
	m, _, host = bound()
	host.panics = true
	err = m.LogLoop(7)
	check(errors.Is(err, records.ErrTrapped) && strings.Contains(err.Error(), "a bug"), err)
	m, _, host = bound()
	host.refuses = records.FailEmpty
	check(errors.Is(m.LogLoop(7), records.ErrTrapped), "an error of a function without a status is no trap")

	// Names that are taken, or hostile.
	check(names.NULL == 0 && names.TEXT == "??/ \"quoted\" \\ \n*/ #define", names.TEXT)
	hostileGuests()
	fmt.Println("used")
}
