// What the kit's guest does not do: values that contain themselves, blocks that are linked twice, and a host that asks for too much.
package main

import (
	"encoding/binary"
	"fmt"
	"strings"

	"use/hostile"
)

// A guest without code, whose functions give what the test says.
type dead struct {
	memory []byte
	next   uint32
	gives  map[string]uint64
	frees  []string
	asks   func() error
}

func (d *dead) Memory() []byte { return d.memory }

func (d *dead) Has(name string) bool { return name != "_initialize" }

func (d *dead) Call(name string, args ...uint64) ([]uint64, error) {
	switch name {
	case "abi_alloc", "alloc":
		d.next = (d.next+uint32(args[1])-1)&^(uint32(args[1])-1) + uint32(args[0])
		return []uint64{uint64(d.next) - args[0]}, nil
	case "abi_free", "free":
		d.frees = append(d.frees, fmt.Sprint(args[0], " ", args[1]))
		return nil, nil
	case "ask":
		return nil, d.asks()
	}
	return []uint64{d.gives[name]}, nil
}

// Writes words one after the other.
func (d *dead) words(addr uint32, words ...uint32) {
	for index, word := range words {
		binary.LittleEndian.PutUint32(d.memory[addr+4*uint32(index):], word)
	}
}

func lifeless(imports hostile.Imports) (*hostile.Module, *dead) {
	d := &dead{memory: make([]byte, 65536), next: 1024, gives: map[string]uint64{}}
	m := hostile.New(imports)
	check(m.Bind(d, nil) == nil, "a module is not bound")
	return m, d
}

func (d *dead) freed(what string) {
	check(strings.Join(d.frees, ", ") == what, "freed "+strings.Join(d.frees, ", ")+", not "+what)
	d.frees = nil
}

// A field that is written frees what it borrowed itself, and no other's.
func borrowing() {
	m, d := lifeless(nil)
	tag, err := hostile.NewTag(m, hostile.TagValue{X: 1, Label: "hello"})
	check(err == nil, err)
	check(tag.SetX(2) == nil, "x is not set")
	d.freed("")
	label, err := tag.Label()
	check(label == "hello" && err == nil, label, err)
	check(tag.SetLabel("one") == nil && tag.SetLabel("four") == nil, "a label is not set")
	d.freed("1044 3")
	check(tag.Set(hostile.TagValue{X: 3, Label: "seven"}) == nil, "a tag is not set")
	d.freed("1024 5, 1047 4")
	check(tag.Close() == nil, "a tag is not closed")
	d.freed("1032 12, 1051 5")

	// The same in elements, of which each may be written alone.
	tags, err := hostile.NewSliceOfTag(m, []hostile.TagValue{{Label: "a"}, {Label: "b"}})
	check(err == nil, err)
	check(tags.Set(0, hostile.TagValue{Label: "c"}) == nil, "an element is not set")
	first, err := tags.At(0)
	check(err == nil && first.SetX(7) == nil, "an element's field is not set")
	d.freed("")
	check(tags.Close() == nil && len(d.frees) == 4, d.frees)
}

func hostileGuests() {
	borrowing()
}
