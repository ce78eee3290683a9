import hostile.Hostile.Engine;
import hostile.Hostile.Imports;
import hostile.Hostile.Slice;
import hostile.Hostile.TagValue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the kit's guest does not do: values that contain themselves, blocks that are linked twice, and a host that asks for too much. */
final class Guests {
    private Guests() {}

    /** A guest without code, whose functions give what the test says. */
    private static final class Dead implements Engine {
        final byte[] memory = new byte[65536];
        final Map<String, Long> gives = new HashMap<>();
        final List<String> frees = new ArrayList<>();
        hostile.Hostile m;
        Runnable asks;
        long next = 1024;

        Dead(Imports imports) {
            m = new hostile.Hostile(imports);
            m.bind(this, null);
        }

        @Override
        public long size() {
            return memory.length;
        }

        @Override
        public void read(long address, byte[] to) {
            System.arraycopy(memory, (int) address, to, 0, to.length);
        }

        @Override
        public void write(long address, byte[] from) {
            System.arraycopy(from, 0, memory, (int) address, from.length);
        }

        @Override
        public boolean has(String name) {
            return !name.equals("_initialize");
        }

        @Override
        public long[] call(String name, long... arguments) {
            switch (name) {
                case "alloc", "abi_alloc":
                    next = (next + arguments[1] - 1) / arguments[1] * arguments[1] + arguments[0];
                    return new long[] {next - arguments[0]};
                case "free", "abi_free":
                    frees.add(arguments[0] + " " + arguments[1]);
                    return new long[0];
                case "ask":
                    asks.run();
                    return new long[0];
                default:
                    return new long[] {gives.getOrDefault(name, 0L)};
            }
        }

        // Writes words one after the other.
        void words(int addr, int... words) {
            final ByteBuffer to = ByteBuffer.wrap(memory).order(ByteOrder.LITTLE_ENDIAN);
            for (int index = 0; index < words.length; index++) {
                to.putInt(addr + 4 * index, words[index]);
            }
        }

        void freed(String... what) {
            check(frees.equals(List.of(what)), frees);
            frees.clear();
        }
    }

    private static void check(boolean is, Object what) {
        if (!is) {
            throw new AssertionError(what);
        }
    }

    // A field that is written frees what it borrowed itself, and no other's.
    private static void borrowing() {
        final Dead d = new Dead(null);
        final var tag = hostile.Hostile.Tag.make(d.m, new TagValue(1, "hello"));
        tag.setX(2);
        d.freed();
        check(tag.label().equals("hello"), tag.label());
        tag.setLabel("one");
        tag.setLabel("four");
        d.freed("1044 3");
        tag.set(new TagValue(3, "seven"));
        d.freed("1024 5", "1047 4");
        tag.close();
        d.freed("1032 12", "1051 5");

        // The same in elements, of which each may be written alone.
        final var tags = d.m.newSliceOfTag(Slice.of(new TagValue(0, "a"), new TagValue(0, "b")));
        tags.set(0, new TagValue(0, "c"));
        tags.at(0).setX(7);
        d.freed();
        tags.close();
        check(d.frees.size() == 4, d.frees);
    }

    static void run() {
        borrowing();
    }
}
