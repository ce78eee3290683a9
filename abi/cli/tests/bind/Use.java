import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import names.Names;
import records.Records;

/**
 * Uses what {@code linmem bind --lang java} wrote for the guest {@code records}, over an engine that is made up here: what a
 * wasm engine could not be brought to do, such as records that differ and a host that hides a trap. The rest is the kit's.
 */
final class Use {
    /** An engine of a few functions over some memory, which it copies from and to. */
    private static class Fake implements Records.Engine {
        final byte[] memory = new byte[65536];
        final List<String> calls = new ArrayList<>();
        Records m;
        long next = 1024;
        String lacks = "";

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
            return !name.equals(lacks) && !name.equals("_initialize");
        }

        @Override
        public long[] call(String name, long... arguments) {
            calls.add(name);
            switch (name) {
                case "abi_alloc":
                    next = (next + arguments[1] - 1) / arguments[1] * arguments[1] + arguments[0];
                    return new long[] {next - arguments[0]};
                case "points_new":
                    return new long[] {16};
                case "points_get":
                    return new long[] {32};
                case "log_loop":
                    for (int number = 0; number < Records.HOST_FUNCTIONS.size(); number++) {
                        if (Records.HOST_FUNCTIONS.get(number).name().equals("log_nr")) {
                            m.host(number, new long[] {arguments[0]});
                        }
                    }
                    return new long[0];
                case "open":
                    throw new IllegalStateException("no luck");
                default:
                    return new long[1];
            }
        }
    }

    private static final class Host implements Records.Imports {
        Records m;
        long logged;
        boolean hides;
        RuntimeException throwing;

        @Override
        public double clockV1Now() {
            return 0;
        }

        @Override
        public boolean clockV1Title(String text, Records.Elements<Integer, Integer> pixels) {
            return true;
        }

        @Override
        public void envLogNr(long nr) {
            logged = nr;
            if (hides) {
                // The trap of this call is not passed on.
                fails(Records.TrapException.class, m::open);
            }
            if (throwing != null) {
                throw throwing;
            }
        }

        @Override
        public void envOnPoint(long userData, Records.Point point) {}
    }

    private static void check(boolean is, Object what) {
        if (!is) {
            throw new AssertionError(what);
        }
    }

    private static <E extends RuntimeException> E fails(Class<E> type, Runnable body) {
        try {
            body.run();
        } catch (RuntimeException exception) {
            check(type.isInstance(exception), exception);
            return type.cast(exception);
        }
        throw new AssertionError("nothing failed, instead of " + type);
    }

    private static final Host HOST = new Host();

    private static Fake bound() {
        final Fake fake = new Fake();
        HOST.hides = false;
        HOST.throwing = null;
        fake.m = HOST.m = new Records(HOST);
        // A point at 32, whose name is at 64.
        ByteBuffer.wrap(fake.memory).order(ByteOrder.LITTLE_ENDIAN).putInt(40, 64).put(64, "borrowed\0".getBytes(StandardCharsets.UTF_8));
        fake.m.bind(fake, null);
        return fake;
    }

    private static void bind(String section, String lacks) {
        final Fake fake = new Fake();
        fake.lacks = lacks;
        new Records(null).bind(fake, section == null ? null : section.getBytes(StandardCharsets.UTF_8));
    }

    public static void main(String[] args) throws Exception {
        final String text = Files.readString(Path.of(args[0]));
        bind(text, "");
        for (Function<String, String> same : List.<Function<String, String>>of(
            of -> of.replace("fn average values:", "fn average numbers:"),
            of -> of + "fn more\n!fn most\nnews of no interest\n",
            of -> of.replace("Empty=16", "Full=18 Empty=16"),
            of -> of.replace("const MAX u32 16", "const MAX u32 17"))) {
            check(!same.apply(text).equals(text), "nothing differs");
            bind(same.apply(text), "");
        }
        for (Function<String, String> other : List.<Function<String, String>>of(
            of -> "",
            of -> of.replace("fn average values:[]i32", "fn average values:[]u32"),
            of -> of.replace("struct Point 12 4 x:0:i32", "struct Point 12 4 z:0:i32"),
            of -> of.replace("Empty=16", "Empty=19"),
            of -> of.replace("drop drop_point ^*Point\n", ""),
            of -> of + "!news that must be understood\n",
            of -> of + "fn average -> i32\n",
            of -> of + "abi 2 wasm32\n",
            of -> "\0asm\1\0\0\0\0\177")) {
            check(!other.apply(text).equals(text), "nothing differs");
            fails(Records.RefusedException.class, () -> bind(other.apply(text), ""));
        }
        final byte[] broken = Arrays.copyOf(text.getBytes(StandardCharsets.UTF_8), text.length() + 1);
        broken[text.length()] = (byte) 0xff;
        fails(Records.AbiException.class, () -> new Records(null).bind(new Fake(), broken));
        fails(Records.RefusedException.class, () -> bind(null, "create_point"));
        fails(Records.RefusedException.class, () -> bind(null, "abi_realloc"));

        // Nothing is called before there is an instance.
        fails(Records.RefusedException.class, () -> new Records(null).createPoint(1, 2, "x"));

        // What is borrowed is not handed over, and not closed.
        final Fake fake = bound();
        final Records m = fake.m;
        final var points = m.pointsNew();
        final Records.Point point = m.pointsGet(points, 0);
        check(point.name().equals("borrowed"), point.name());
        final int before = fake.calls.size();
        fails(Records.RefusedException.class, () -> m.dropPoint(point));
        fails(Records.RefusedException.class, point::close);
        fails(Records.RefusedException.class, () -> point.setX(1));
        check(fails(Records.AbiException.class, () -> m.dropPoint(null)).code() == Records.Check.Null.code(), "null");
        check(fake.calls.size() == before, fake.calls);
        // Half of a character is none.
        check(fails(Records.AbiException.class, () -> m.createPoint(1, 2, "\ud800")).status().equals("NotUtf8"), "half");

        // A view of another instance is not this one's.
        final Fake other = bound();
        fails(Records.RefusedException.class, () -> other.m.pointsGet(points, 0));

        // An owner is freed once, and by its drop; and a view of what lay in it ends.
        final int frees = fake.calls.size();
        points.close();
        points.close();
        check(fake.calls.subList(frees, fake.calls.size()).equals(List.of("drop_points")), fake.calls);
        fails(Records.RefusedException.class, points::get);

        // What an engine copies is no view, and is not written to by mistake.
        final var bytes = m.newSliceOfU8(Records.Slice.u8((byte) 1, (byte) 2));
        check(bytes.buffer().get(1) == 2 && bytes.at(1) == 2, "elements");
        bytes.set(1, 255);
        check(bytes.copy().equals(List.of(1, 255)), bytes.copy());
        fails(Records.RefusedException.class, () -> bytes.set(1, 256));
        fails(Records.RefusedException.class, () -> bytes.set(2, 1));
        fails(Records.RefusedException.class, () -> m.inverseImg(Records.Slice.i8((byte) 1)));
        bytes.close();

        // A trap that a host function hides ends the instance all the same.
        final Fake hiding = bound();
        HOST.hides = true;
        fails(Records.TrapException.class, () -> hiding.m.logLoop(7));
        check(HOST.logged == 7 && hiding.m.trapped() != null, HOST.logged);
        final int dead = hiding.calls.size();
        fails(Records.TrapException.class, hiding.m::pointsNew);
        check(hiding.calls.size() == dead, hiding.calls);

        // So does an exception of the host, with a status or without, where no status is declared.
        for (RuntimeException exception : List.of(new IllegalStateException("a bug"), new Records.AbiException(Records.Fail.Empty))) {
            final Fake throwing = bound();
            HOST.throwing = exception;
            final var trap = fails(Records.TrapException.class, () -> throwing.m.logLoop(7));
            check(trap.getMessage().contains(exception.getMessage()), trap);
        }

        // Names that are taken, or hostile.
        check(Names.NULL == 0 && Names.TEXT.equals("??/ \"quoted\" \\ \n*/ #define"), Names.TEXT);
        Guests.run();
        System.out.println("used");
    }
}
