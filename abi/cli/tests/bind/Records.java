// Written by `linmem bind --lang java` from a module's records; not to be edited.

package records;

import java.io.ByteArrayOutputStream;
import java.lang.reflect.Array;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * The module, by its own functions, over any {@link Engine}. For Java 17 and later; in a file Records.java.
 *
 * <p>Make one with its imports; define {@link #HOST_FUNCTIONS} in the engine, each by {@link #host} with its number;
 * instantiate the module, and {@link #bind} it. Every failure is an {@link AbiException}. An instance is for one thread at a
 * time.
 */
public final class Records {
    private final Lm.Core lm = new Lm.Core();
    private final Imports lmImports;

    /** Is bound to no instance yet. */
    public Records(Imports imports) {
        lmImports = imports;
    }

    /**
     * Connects it with an instance, and calls its {@code _initialize} if it has one.
     *
     * @param module the bytes of the module or of its sidecar, whose records have to be those that this file was made of;
     *     null, where they are known to be the same
     */
    public void bind(Engine engine, byte[] module) {
        if (lm.engine != null) {
            throw new RefusedException("bound before");
        }
        if (module != null) {
            Lm.compareRecords(module);
        }
        for (String name : Lm.EXPORTS) {
            if (!engine.has(name)) {
                throw new RefusedException("the module has no function " + name);
            }
        }
        lm.engine = engine;
        if (engine.has("_initialize")) {
            lm.call("_initialize");
        }
    }

    /** What ended the instance, or null. */
    public RuntimeException trapped() {
        return lm.trapped;
    }

    public static final double HALF = Double.longBitsToDouble(0x3fe0000000000000L);

    public static final int INITIAL = 223;

    public static final long LEAST = -9223372036854775808L;

    /** The most that fits. */
    public static final long MAX = 16L;

    public static final float MINUS = Float.intBitsToFloat(0xbfc00000);

    /** Two words and a backslash. */
    public static final String VERSION = "1.0\n\\ beta";

    public static final boolean YES = true;

    /** What an engine defines for the module; their numbers are those for {@link #host}. */
    public static final List<HostFunction> HOST_FUNCTIONS = List.of(
        new HostFunction("clock:v1", "now", new byte[] {}, new byte[] {0x7c}),
        new HostFunction("clock:v1", "title", new byte[] {0x7f, 0x7f, 0x7f, 0x7f}, new byte[] {0x7f}),
        new HostFunction("env", "log_nr", new byte[] {0x7f}, new byte[] {}),
        new HostFunction("env", "on_point", new byte[] {0x7f, 0x7f}, new byte[] {}));

    /**
     * What an imported function does: its arguments are in {@code stack}, by their order in the record, and its result takes the
     * place of the first. After an exception the guest must trap.
     */
    public void host(int number, long[] stack) {
        final HostFunction function = HOST_FUNCTIONS.get(number);
        if (lm.engine == null || lmImports == null || stack.length < Math.max(function.parameters().length, function.results().length)) {
            throw new RefusedException("called before the module was bound, without imports, or with too few arguments");
        }
        final Lm.Hosted lmH = new Lm.Hosted(lm, stack);
        try {
            switch (number) {
                case 0 -> lmHost0(lmH);
                case 1 -> lmHost1(lmH);
                case 2 -> lmHost2(lmH);
                case 3 -> lmHost3(lmH);
                default -> throw new IllegalArgumentException();
            }
            lmH.end();
        } catch (Exception exception) {
            if (!lmH.failed(exception)) {
                throw lmH.fail(exception);
            }
        } finally {
            lmH.hold.ended = true;
        }
    }

    /**
     * The functions that the module calls. What one is lent ends when it returns; what it is handed, it closes.
     * An {@link AbiException} with a code becomes the result, where the function has a status; every other exception is a trap.
     */
    public interface Imports {
        /** `now() -&gt; f64` */
        double clockV1Now() throws Exception;

        /** `title(text: str, pixels: ~[]u8) -&gt; bool` */
        boolean clockV1Title(String text, Elements<Integer, Integer> pixels) throws Exception;

        /**
         * `log_nr(nr: u32)`
         *
         * <p>Writes a number down.
         */
        void envLogNr(long nr) throws Exception;

        /** `on_point(user_data: u32, point: &#42;Point)` */
        void envOnPoint(long userData, Point point) throws Exception;

    }

    private void lmHost0(Lm.Hosted lmH) throws Exception {
        lmH.status = false;
        final double lmR = lmImports.clockV1Now();
        lmH.result(Lm.F64, lmR);
    }

    private void lmHost1(Lm.Hosted lmH) throws Exception {
        lmH.status = false;
        final String lmA0 = lmH.in(Of.lmSTR, "text");
        final Elements<Integer, Integer> lmA1 = lmH.in(Of.lmMUT_SLICE_U8, "pixels");
        final boolean lmR = lmImports.clockV1Title(lmA0, lmA1);
        lmH.result(Lm.BOOL, lmR);
    }

    private void lmHost2(Lm.Hosted lmH) throws Exception {
        lmH.status = false;
        final long lmA0 = lmH.in(Lm.U32, "nr");
        lmImports.envLogNr(lmA0);
    }

    private void lmHost3(Lm.Hosted lmH) throws Exception {
        lmH.status = false;
        final long lmA0 = lmH.in(Lm.U32, "user_data");
        final Point lmA1 = lmH.in(Of.lmPTR_Point, "point");
        lmImports.envOnPoint(lmA0, lmA1);
    }

    /** `apply(op: Op, then: ?Done) -&gt; i32` */
    public int apply(Op op, Done then) {
        final Lm.Call lmC = new Lm.Call(lm, "apply", null);
        try {
            lmC.arg(Of.lmOp, "op", op);
            lmC.arg(Of.lmMAYBE_Done, "then", then);
            lmC.call(1, null);
            final int lmR0 = lmC.result(Lm.I32);
            lmC.end();
            return lmR0;
        } catch (RuntimeException lmE) {
            throw lmC.fail(lmE);
        }
    }

    /**
     * `average(values: []i32, out: &gt;f64) -&gt; Fail`
     *
     * <p>The mean of some numbers.
     */
    public double average(Run<Integer> values) {
        final Lm.Call lmC = new Lm.Call(lm, "average", null);
        try {
            lmC.arg(Of.lmSLICE_I32, "values", values);
            lmC.out(Lm.F64, Lm.F64, false);
            lmC.call(1, lmS -> Lm.statusOf(lmS, Fail.values()));
            final double lmR0 = lmC.take(0, Lm.F64);
            lmC.end();
            return lmR0;
        } catch (RuntimeException lmE) {
            throw lmC.fail(lmE);
        }
    }

    /** `count(text: str, texts: []str, to: ~&#42;[1]usize, all: ~[]usize)` */
    public void count(String text, Run<String> texts, Pointer<Slice<Long>> to, Run<Long> all) {
        final Lm.Call lmC = new Lm.Call(lm, "count", null);
        try {
            lmC.arg(Of.lmSTR, "text", text);
            lmC.arg(Of.lmSLICE_STR, "texts", texts);
            lmC.arg(Of.lmMUT_PTR_ARRAY1_USIZE, "to", to);
            lmC.arg(Of.lmMUT_SLICE_USIZE, "all", all);
            lmC.call(0, null);
            lmC.end();
        } catch (RuntimeException lmE) {
            throw lmC.fail(lmE);
        }
    }

    /**
     * `create_point(x: i32, y: i32, name: str) -&gt; ?^&#42;Point`
     *
     * <p>Makes a point; null without memory.
     */
    public Point createPoint(int x, int y, String name) {
        final Lm.Call lmC = new Lm.Call(lm, "create_point", null);
        try {
            lmC.arg(Lm.I32, "x", x);
            lmC.arg(Lm.I32, "y", y);
            lmC.arg(Of.lmSTR, "name", name);
            lmC.call(1, null);
            final Point lmR0 = lmC.result(Of.lmMAYBE_OWN_PTR_Point);
            lmC.end();
            return lmR0;
        } catch (RuntimeException lmE) {
            throw lmC.fail(lmE);
        }
    }

    /** `db_get(db: &#42;Db, key: u32, out: &gt;i32) -&gt; status` */
    public int dbGet(Db db, long key) {
        final Lm.Call lmC = new Lm.Call(lm, "db_get", null);
        try {
            lmC.arg(Of.lmPTR_Db, "db", db);
            lmC.arg(Lm.U32, "key", key);
            lmC.out(Lm.I32, Lm.I32, false);
            lmC.call(1, lmS -> Lm.statusOf(lmS));
            final int lmR0 = lmC.take(0, Lm.I32);
            lmC.end();
            return lmR0;
        } catch (RuntimeException lmE) {
            throw lmC.fail(lmE);
        }
    }

    /** `db_set(db: ~&#42;Db, key: u32, value: i32) -&gt; status` */
    public void dbSet(Db db, long key, int value) {
        final Lm.Call lmC = new Lm.Call(lm, "db_set", null);
        try {
            lmC.arg(Of.lmMUT_PTR_Db, "db", db);
            lmC.arg(Lm.U32, "key", key);
            lmC.arg(Lm.I32, "value", value);
            lmC.call(1, lmS -> Lm.statusOf(lmS));
            lmC.end();
        } catch (RuntimeException lmE) {
            throw lmC.fail(lmE);
        }
    }

    /** `inverse_img(pixels: ~[]u8)` */
    public void inverseImg(Run<Integer> pixels) {
        final Lm.Call lmC = new Lm.Call(lm, "inverse_img", null);
        try {
            lmC.arg(Of.lmMUT_SLICE_U8, "pixels", pixels);
            lmC.call(0, null);
            lmC.end();
        } catch (RuntimeException lmE) {
            throw lmC.fail(lmE);
        }
    }

    /** `log_loop(count: u32)` */
    public void logLoop(long count) {
        final Lm.Call lmC = new Lm.Call(lm, "log_loop", null);
        try {
            lmC.arg(Lm.U32, "count", count);
            lmC.call(0, null);
            lmC.end();
        } catch (RuntimeException lmE) {
            throw lmC.fail(lmE);
        }
    }

    /** `longest(texts: ^[]^str, or: ^str, out: &gt;^str) -&gt; status` */
    public String longest(Run<String> texts, String or) {
        final Lm.Call lmC = new Lm.Call(lm, "longest", null);
        try {
            lmC.arg(Of.lmOWN_SLICE_OWN_STR, "texts", texts);
            lmC.arg(Of.lmOWN_STR, "or", or);
            lmC.out(Of.lmOWN_STR, Of.lmOWN_STR, false);
            lmC.call(1, lmS -> Lm.statusOf(lmS));
            final String lmR0 = lmC.take(0, Of.lmOWN_STR);
            lmC.end();
            return lmR0;
        } catch (RuntimeException lmE) {
            throw lmC.fail(lmE);
        }
    }

    /** `mixed(a: bool, b: i8, c: u8, d: i16, e: u16, f: i32, g: u32, h: i64, i: u64, j: f32, k: f64, l: char, color: Color) -&gt; Sign` */
    public Sign mixed(boolean a, int b, int c, int d, int e, int f, long g, long h, BigInteger i, float j, double k, int l, Color color) {
        final Lm.Call lmC = new Lm.Call(lm, "mixed", null);
        try {
            lmC.arg(Lm.BOOL, "a", a);
            lmC.arg(Lm.I8, "b", b);
            lmC.arg(Lm.U8, "c", c);
            lmC.arg(Lm.I16, "d", d);
            lmC.arg(Lm.U16, "e", e);
            lmC.arg(Lm.I32, "f", f);
            lmC.arg(Lm.U32, "g", g);
            lmC.arg(Lm.I64, "h", h);
            lmC.arg(Lm.U64, "i", i);
            lmC.arg(Lm.F32, "j", j);
            lmC.arg(Lm.F64, "k", k);
            lmC.arg(Lm.CHAR, "l", l);
            lmC.arg(Of.lmColor, "color", color);
            lmC.call(1, null);
            final Sign lmR0 = lmC.result(Of.lmSign);
            lmC.end();
            return lmR0;
        } catch (RuntimeException lmE) {
            throw lmC.fail(lmE);
        }
    }

    /** `name_of(point: &#42;Point, out: &gt;?cstr) -&gt; status` */
    public String nameOf(Pointer<PointValue> point) {
        final Lm.Call lmC = new Lm.Call(lm, "name_of", null);
        try {
            lmC.arg(Of.lmPTR_Point, "point", point);
            lmC.out(Of.lmMAYBE_CSTR, Of.lmMAYBE_CSTR, false);
            lmC.call(1, lmS -> Lm.statusOf(lmS));
            final String lmR0 = lmC.take(0, Of.lmMAYBE_CSTR);
            lmC.end();
            return lmR0;
        } catch (RuntimeException lmE) {
            throw lmC.fail(lmE);
        }
    }

    /** `open() -&gt; ?^&#42;Db` */
    public Db open() {
        final Lm.Call lmC = new Lm.Call(lm, "open", null);
        try {
            lmC.call(1, null);
            final Db lmR0 = lmC.result(Of.lmMAYBE_OWN_PTR_Db);
            lmC.end();
            return lmR0;
        } catch (RuntimeException lmE) {
            throw lmC.fail(lmE);
        }
    }

    /** `origin(out: &gt;Scalars) -&gt; status` */
    public Scalars origin() {
        final Lm.Call lmC = new Lm.Call(lm, "origin", null);
        try {
            lmC.out(Of.lmScalars, Of.lmOWN_PTR_Scalars, true);
            lmC.call(1, lmS -> Lm.statusOf(lmS));
            final Scalars lmR0 = lmC.take(0, Of.lmOWN_PTR_Scalars);
            lmC.end();
            return lmR0;
        } catch (RuntimeException lmE) {
            throw lmC.fail(lmE);
        }
    }

    /** `points_get(points: &#42;[+]Point, index: usize) -&gt; ?&#42;Point` */
    public Point pointsGet(Pointer<Slice<PointValue>> points, long index) {
        final Lm.Call lmC = new Lm.Call(lm, "points_get", null);
        try {
            lmC.arg(Of.lmPTR_BUFFER_Point, "points", points);
            lmC.arg(Lm.USIZE, "index", index);
            lmC.call(1, null);
            final Point lmR0 = lmC.result(Of.lmMAYBE_PTR_Point);
            lmC.end();
            return lmR0;
        } catch (RuntimeException lmE) {
            throw lmC.fail(lmE);
        }
    }

    /** `points_new() -&gt; ?^&#42;[+]Point` */
    public Ref<Elements<Point, PointValue>, Slice<PointValue>> pointsNew() {
        final Lm.Call lmC = new Lm.Call(lm, "points_new", null);
        try {
            lmC.call(1, null);
            final Ref<Elements<Point, PointValue>, Slice<PointValue>> lmR0 = lmC.result(Of.lmMAYBE_OWN_PTR_BUFFER_Point);
            lmC.end();
            return lmR0;
        } catch (RuntimeException lmE) {
            throw lmC.fail(lmE);
        }
    }

    /** `points_push(points: ~&#42;[+]Point, x: i32, y: i32, name: str) -&gt; status` */
    public void pointsPush(Pointer<Slice<PointValue>> points, int x, int y, String name) {
        final Lm.Call lmC = new Lm.Call(lm, "points_push", null);
        try {
            lmC.arg(Of.lmMUT_PTR_BUFFER_Point, "points", points);
            lmC.arg(Lm.I32, "x", x);
            lmC.arg(Lm.I32, "y", y);
            lmC.arg(Of.lmSTR, "name", name);
            lmC.call(1, lmS -> Lm.statusOf(lmS));
            lmC.end();
        } catch (RuntimeException lmE) {
            throw lmC.fail(lmE);
        }
    }

    /**
     * `simple_arr() -&gt; ^&#42;[4]i32`
     *
     * <p>Returns 100, 200, 300, 400.
     */
    public Ref<Elements<Integer, Integer>, Slice<Integer>> simpleArr() {
        final Lm.Call lmC = new Lm.Call(lm, "simple_arr", null);
        try {
            lmC.call(1, null);
            final Ref<Elements<Integer, Integer>, Slice<Integer>> lmR0 = lmC.result(Of.lmOWN_PTR_ARRAY4_I32);
            lmC.end();
            return lmR0;
        } catch (RuntimeException lmE) {
            throw lmC.fail(lmE);
        }
    }

    /** `square_fn() -&gt; Op` */
    public Op squareFn() {
        final Lm.Call lmC = new Lm.Call(lm, "square_fn", null);
        try {
            lmC.call(1, null);
            final Op lmR0 = lmC.result(Of.lmOp);
            lmC.end();
            return lmR0;
        } catch (RuntimeException lmE) {
            throw lmC.fail(lmE);
        }
    }

    /** `visit(points: &#42;[+]Point, user_data: u32) -&gt; f64` */
    public double visit(Pointer<Slice<PointValue>> points, long userData) {
        final Lm.Call lmC = new Lm.Call(lm, "visit", null);
        try {
            lmC.arg(Of.lmPTR_BUFFER_Point, "points", points);
            lmC.arg(Lm.U32, "user_data", userData);
            lmC.call(1, null);
            final double lmR0 = lmC.result(Lm.F64);
            lmC.end();
            return lmR0;
        } catch (RuntimeException lmE) {
            throw lmC.fail(lmE);
        }
    }

    /** `drop_db(value: ^&#42;Db)` */
    public void dropDb(Db value) {
        final Lm.Call lmC = new Lm.Call(lm, "drop_db", null);
        try {
            lmC.arg(Of.lmOWN_PTR_Db, "value", value);
            lmC.call(0, null);
            lmC.end();
        } catch (RuntimeException lmE) {
            throw lmC.fail(lmE);
        }
    }

    /** `drop_point(value: ^&#42;Point)` */
    public void dropPoint(Pointer<PointValue> value) {
        final Lm.Call lmC = new Lm.Call(lm, "drop_point", null);
        try {
            lmC.arg(Of.lmOWN_PTR_Point, "value", value);
            lmC.call(0, null);
            lmC.end();
        } catch (RuntimeException lmE) {
            throw lmC.fail(lmE);
        }
    }

    /** `drop_points(value: ^&#42;[+]Point)` */
    public void dropPoints(Pointer<Slice<PointValue>> value) {
        final Lm.Call lmC = new Lm.Call(lm, "drop_points", null);
        try {
            lmC.arg(Of.lmOWN_PTR_BUFFER_Point, "value", value);
            lmC.call(0, null);
            lmC.end();
        } catch (RuntimeException lmE) {
            throw lmC.fail(lmE);
        }
    }

    /** `drop_texts(value: ^[]^str)` */
    public void dropTexts(Run<String> value) {
        final Lm.Call lmC = new Lm.Call(lm, "drop_texts", null);
        try {
            lmC.arg(Of.lmOWN_SLICE_OWN_STR, "value", value);
            lmC.call(0, null);
            lmC.end();
        } catch (RuntimeException lmE) {
            throw lmC.fail(lmE);
        }
    }

    /** Makes a `^[]^str` in the guest's memory, which functions take without a copy. */
    public Elements<String, String> newSliceOfOwnStr(Slice<String> values) {
        return Of.lmOWN_SLICE_OWN_STR.fresh(lm, values);
    }

    /** Makes a `^[]i32` in the guest's memory, which functions take without a copy. */
    public Elements<Integer, Integer> newSliceOfI32(Slice<Integer> values) {
        return Of.lmOWN_SLICE_I32.fresh(lm, values);
    }

    /** Makes a `^[]str` in the guest's memory, which functions take without a copy. */
    public Elements<String, String> newSliceOfStr(Slice<String> values) {
        return Of.lmOWN_SLICE_STR.fresh(lm, values);
    }

    /** Makes a `^[]u8` in the guest's memory, which functions take without a copy. */
    public Elements<Integer, Integer> newSliceOfU8(Slice<Integer> values) {
        return Of.lmOWN_SLICE_U8.fresh(lm, values);
    }

    /** Makes a `^[]usize` in the guest's memory, which functions take without a copy. */
    public Elements<Long, Long> newSliceOfUsize(Slice<Long> values) {
        return Of.lmOWN_SLICE_USIZE.fresh(lm, values);
    }

    /** `Bits` of the module. */
    public static final class Bits extends View implements Pointer<BitsValue> {
        private Bits(Lm.Held held) {
            super(held);
        }

        /** Makes one in the guest's memory, which the host owns. */
        public static Bits make(Records module, BitsValue value) {
            return Of.lmOWN_PTR_Bits.fresh(module.lm, new Var<>(value));
        }

        /** Writes all of it. */
        public void set(BitsValue value) {
            Of.lmBits.write(lmPlace, value);
        }

        @Override
        public Pointee<BitsValue> lmPointee() {
            return new Pointee<>(this, "Bits", null);
        }

        /** Reads `int: u32`. */
        public long int_() {
            return Lm.U32.read(lmAt(0L));
        }

        /** Writes `int`. */
        public void setInt_(long value) {
            Lm.U32.write(lmAt(0L), value);
        }

        /** Reads `float: f32`. */
        public float float_() {
            return Lm.F32.read(lmAt(0L));
        }

        /** Writes `float`. */
        public void setFloat_(float value) {
            Lm.F32.write(lmAt(0L), value);
        }

        /** Reads `bytes: [4]u8`. */
        public Elements<Integer, Integer> bytes() {
            return Of.lmARRAY4_U8.read(lmAt(0L));
        }

        /** Writes `bytes`. */
        public void setBytes(Slice<Integer> value) {
            Of.lmARRAY4_U8.write(lmAt(0L), value);
        }

        /** Copies the bytes, as a {@link BitsRaw}. */
        public BitsValue copy() {
            lmPlace.alive();
            return new BitsRaw(lmPlace.core.content(lmPlace.addr, 1, 4, 4));
        }

        private static void lmPut(Lm.Making k, byte[] to, int at, BitsValue value) {
            value.lmPut(k, to, at);
        }
    }

    /** What a {@link Bits} is made of: one of its fields, or its bytes. */
    public sealed interface BitsValue extends Pointer<BitsValue> permits BitsInt, BitsFloat, BitsBytes, BitsRaw {
        /** For these bindings. */
        void lmPut(Lm.Making k, byte[] to, int at);

        @Override
        default Pointee<BitsValue> lmPointee() {
            return new Pointee<>(null, "", new Var<>(this));
        }
    }

    /** Writes `int: u32`. */
    public record BitsInt(long value) implements BitsValue {
        @Override
        public void lmPut(Lm.Making k, byte[] to, int at) {
            Lm.U32.put(k, to, at, value);
        }
    }

    /** Writes `float: f32`. */
    public record BitsFloat(float value) implements BitsValue {
        @Override
        public void lmPut(Lm.Making k, byte[] to, int at) {
            Lm.F32.put(k, to, at, value);
        }
    }

    /** Writes `bytes: [4]u8`. */
    public record BitsBytes(Slice<Integer> value) implements BitsValue {
        @Override
        public void lmPut(Lm.Making k, byte[] to, int at) {
            Of.lmARRAY4_U8.put(k, to, at, value);
        }
    }

    /** The bytes as they lie in memory. */
    public record BitsRaw(byte[] value) implements BitsValue {
        @Override
        public void lmPut(Lm.Making k, byte[] to, int at) {
            if (value.length != 4) {
                throw new RefusedException("it is 4 bytes");
            }
            System.arraycopy(value, 0, to, at, 4);
        }
    }

    /** A colour. */
    public enum Color {
        /**
         * Like blood,
         * or a rose.
         */
Red(0L),
        Green(4L),
        Blue(5L);

        private static final Map<Long, Color> LM_VALUES = new HashMap<>();

        static {
            for (Color one : values()) {
                LM_VALUES.put(one.lmValue, one);
            }
        }

        private final long lmValue;

        Color(long value) {
            lmValue = value;
        }

        /** The number; of 64 bits without a sign, its bits. */
        public long value() {
            return lmValue;
        }

        private static Color lmOf(long value) {
            final Color found = LM_VALUES.get(value);
            if (found == null) {
                throw Check.Invalid.because();
            }
            return found;
        }
    }

    /** Keeps numbers. */
    public static final class Db extends View {
        private Db(Lm.Held held) {
            super(held);
        }
    }

    /** `Done` of the module. */
    public static final class Done extends Lm.Sig {
        private Done(Lm.Index index) {
            super(index);
        }

        /** `Done()` */
        public void call() {
            final Lm.Call lmC = new Lm.Call(lmIndex.core, "Done", lmIndex.function);
            try {
                lmC.call(0, null);
                lmC.end();
            } catch (RuntimeException lmE) {
                throw lmC.fail(lmE);
            }
        }
    }

    /** What `average` says. */
    public enum Fail implements Status {
        Empty(16L, "Empty"),
        TooMany(17L, "TooMany");

        private final int lmCode;
        private final String lmText;

        Fail(long code, String text) {
            lmCode = (int) code;
            lmText = text;
        }

        @Override
        public int code() {
            return lmCode;
        }

        @Override
        public String text() {
            return lmText;
        }
    }

    /** `Nested` of the module. */
    public static final class Nested extends View implements Pointer<NestedValue> {
        private Nested(Lm.Held held) {
            super(held);
        }

        /** Makes one in the guest's memory, which the host owns. */
        public static Nested make(Records module, NestedValue value) {
            return Of.lmOWN_PTR_Nested.fresh(module.lm, new Var<>(value));
        }

        /** Writes all of it. */
        public void set(NestedValue value) {
            Of.lmNested.write(lmPlace, value);
        }

        @Override
        public Pointee<NestedValue> lmPointee() {
            return new Pointee<>(this, "Nested", null);
        }

        /** Reads `flag: bool`. */
        public boolean flag() {
            return Lm.BOOL.read(lmAt(0L));
        }

        /** Writes `flag`. */
        public void setFlag(boolean value) {
            Lm.BOOL.write(lmAt(0L), value);
        }

        /** Reads `inner: Scalars`. */
        public Scalars inner() {
            return Of.lmScalars.read(lmAt(8L));
        }

        /** Writes `inner`. */
        public void setInner(ScalarsValue value) {
            Of.lmScalars.write(lmAt(8L), value);
        }

        /** Reads `corners: [2]Point`. */
        public Elements<Point, PointValue> corners() {
            return Of.lmARRAY2_Point.read(lmAt(72L));
        }

        /** Writes `corners`. */
        public void setCorners(Slice<PointValue> value) {
            Of.lmARRAY2_Point.write(lmAt(72L), value);
        }

        /** Reads `grid: [2][3]f32`. */
        public Elements<Elements<Float, Float>, Slice<Float>> grid() {
            return Of.lmARRAY2_ARRAY3_F32.read(lmAt(96L));
        }

        /** Writes `grid`. */
        public void setGrid(Slice<Slice<Float>> value) {
            Of.lmARRAY2_ARRAY3_F32.write(lmAt(96L), value);
        }

        /** Reads `type: Color`. */
        public Color type() {
            return Of.lmColor.read(lmAt(120L));
        }

        /** Writes `type`. */
        public void setType(Color value) {
            Of.lmColor.write(lmAt(120L), value);
        }

        /** Copies all fields. What they lead to is not copied. */
        public NestedValue copy() {
            return new NestedValue(
                Lm.BOOL.again(flag()),
                Of.lmScalars.again(inner()),
                Of.lmARRAY2_Point.again(corners()),
                Of.lmARRAY2_ARRAY3_F32.again(grid()),
                Of.lmColor.again(type()));
        }

        private static void lmPut(Lm.Making lmK, byte[] lmTo, int lmAt, NestedValue lmV) {
            Lm.part("Nested.flag", Lm.BOOL, lmK, lmTo, lmAt + 0, lmV.flag());
            Lm.part("Nested.inner", Of.lmScalars, lmK, lmTo, lmAt + 8, lmV.inner());
            Lm.part("Nested.corners", Of.lmARRAY2_Point, lmK, lmTo, lmAt + 72, lmV.corners());
            Lm.part("Nested.grid", Of.lmARRAY2_ARRAY3_F32, lmK, lmTo, lmAt + 96, lmV.grid());
            Lm.part("Nested.type", Of.lmColor, lmK, lmTo, lmAt + 120, lmV.type());
        }

        private static void lmDrop(Lm.Place lmP) {
            Of.lmARRAY2_Point.drop(lmP.at(72L));
        }
    }

    /** What a {@link Nested} is made of. */
    public record NestedValue(boolean flag, ScalarsValue inner, Slice<PointValue> corners, Slice<Slice<Float>> grid, Color type) implements Pointer<NestedValue> {
        @Override
        public Pointee<NestedValue> lmPointee() {
            return new Pointee<>(null, "", new Var<>(this));
        }
    }

    /** `Node` of the module. */
    public static final class Node extends View implements Pointer<NodeValue> {
        private Node(Lm.Held held) {
            super(held);
        }

        /** Makes one in the guest's memory, which the host owns. */
        public static Node make(Records module, NodeValue value) {
            return Of.lmOWN_PTR_Node.fresh(module.lm, new Var<>(value));
        }

        /** Writes all of it. */
        public void set(NodeValue value) {
            Of.lmNode.write(lmPlace, value);
        }

        @Override
        public Pointee<NodeValue> lmPointee() {
            return new Pointee<>(this, "Node", null);
        }

        /** Reads `next: ?^&#42;Node`. */
        public Node next() {
            return Of.lmMAYBE_OWN_PTR_Node.read(lmAt(0L));
        }

        /** Writes `next`. */
        public void setNext(Pointer<NodeValue> value) {
            Of.lmMAYBE_OWN_PTR_Node.write(lmAt(0L), value);
        }

        /** Reads `up: ?&#42;Node`. */
        public Node up() {
            return Of.lmMAYBE_PTR_Node.read(lmAt(4L));
        }

        /** Writes `up`. */
        public void setUp(Pointer<NodeValue> value) {
            Of.lmMAYBE_PTR_Node.write(lmAt(4L), value);
        }

        /** Reads `down: ?~&#42;Node`. */
        public Node down() {
            return Of.lmMAYBE_MUT_PTR_Node.read(lmAt(8L));
        }

        /** Writes `down`. */
        public void setDown(Pointer<NodeValue> value) {
            Of.lmMAYBE_MUT_PTR_Node.write(lmAt(8L), value);
        }

        /** Reads `value: &#42;i32`. */
        public Ref<Integer, Integer> value() {
            return Of.lmPTR_I32.read(lmAt(12L));
        }

        /** Writes `value`. */
        public void setValue(Pointer<Integer> value) {
            Of.lmPTR_I32.write(lmAt(12L), value);
        }

        /** Reads `place: ?~&#42;Scalars`. */
        public Scalars place() {
            return Of.lmMAYBE_MUT_PTR_Scalars.read(lmAt(16L));
        }

        /** Writes `place`. */
        public void setPlace(Pointer<ScalarsValue> value) {
            Of.lmMAYBE_MUT_PTR_Scalars.write(lmAt(16L), value);
        }

        /** Reads `apply: Op`. */
        public Op apply() {
            return Of.lmOp.read(lmAt(20L));
        }

        /** Writes `apply`. */
        public void setApply(Op value) {
            Of.lmOp.write(lmAt(20L), value);
        }

        /** Reads `done: ?Op`. */
        public Op done() {
            return Of.lmMAYBE_Op.read(lmAt(24L));
        }

        /** Writes `done`. */
        public void setDone(Op value) {
            Of.lmMAYBE_Op.write(lmAt(24L), value);
        }

        /** Copies all fields. What they lead to is not copied. */
        public NodeValue copy() {
            return new NodeValue(
                Of.lmMAYBE_OWN_PTR_Node.again(next()),
                Of.lmMAYBE_PTR_Node.again(up()),
                Of.lmMAYBE_MUT_PTR_Node.again(down()),
                Of.lmPTR_I32.again(value()),
                Of.lmMAYBE_MUT_PTR_Scalars.again(place()),
                Of.lmOp.again(apply()),
                Of.lmMAYBE_Op.again(done()));
        }

        private static void lmPut(Lm.Making lmK, byte[] lmTo, int lmAt, NodeValue lmV) {
            Lm.part("Node.next", Of.lmMAYBE_OWN_PTR_Node, lmK, lmTo, lmAt + 0, lmV.next());
            Lm.part("Node.up", Of.lmMAYBE_PTR_Node, lmK, lmTo, lmAt + 4, lmV.up());
            Lm.part("Node.down", Of.lmMAYBE_MUT_PTR_Node, lmK, lmTo, lmAt + 8, lmV.down());
            Lm.part("Node.value", Of.lmPTR_I32, lmK, lmTo, lmAt + 12, lmV.value());
            Lm.part("Node.place", Of.lmMAYBE_MUT_PTR_Scalars, lmK, lmTo, lmAt + 16, lmV.place());
            Lm.part("Node.apply", Of.lmOp, lmK, lmTo, lmAt + 20, lmV.apply());
            Lm.part("Node.done", Of.lmMAYBE_Op, lmK, lmTo, lmAt + 24, lmV.done());
        }

        private static void lmDrop(Lm.Place lmP) {
            Of.lmMAYBE_OWN_PTR_Node.drop(lmP.at(0L));
        }
    }

    /** What a {@link Node} is made of. */
    public record NodeValue(Pointer<NodeValue> next, Pointer<NodeValue> up, Pointer<NodeValue> down, Pointer<Integer> value, Pointer<ScalarsValue> place, Op apply, Op done) implements Pointer<NodeValue> {
        @Override
        public Pointee<NodeValue> lmPointee() {
            return new Pointee<>(null, "", new Var<>(this));
        }
    }

    /** From a number to a number. */
    public static final class Op extends Lm.Sig {
        private Op(Lm.Index index) {
            super(index);
        }

        /**
         * `Op(x: i32, scale: f64) -&gt; i32`
         *
         * <p>From a number to a number.
         */
        public int call(int x, double scale) {
            final Lm.Call lmC = new Lm.Call(lmIndex.core, "Op", lmIndex.function);
            try {
                lmC.arg(Lm.I32, "x", x);
                lmC.arg(Lm.F64, "scale", scale);
                lmC.call(1, null);
                final int lmR0 = lmC.result(Lm.I32);
                lmC.end();
                return lmR0;
            } catch (RuntimeException lmE) {
                throw lmC.fail(lmE);
            }
        }
    }

    /**
     * A point with a name.
     *
     * <p>Its path is C:&#92;points.
     */
    public static final class Point extends View implements Pointer<PointValue> {
        private Point(Lm.Held held) {
            super(held);
        }

        /** Makes one in the guest's memory, which the host owns. */
        public static Point make(Records module, PointValue value) {
            return Of.lmOWN_PTR_Point.fresh(module.lm, new Var<>(value));
        }

        /** Writes all of it. */
        public void set(PointValue value) {
            Of.lmPoint.write(lmPlace, value);
        }

        @Override
        public Pointee<PointValue> lmPointee() {
            return new Pointee<>(this, "Point", null);
        }

        /** Reads `x: i32`. */
        public int x() {
            return Lm.I32.read(lmAt(0L));
        }

        /** Writes `x`. */
        public void setX(int value) {
            Lm.I32.write(lmAt(0L), value);
        }

        /** Reads `y: i32`. */
        public int y() {
            return Lm.I32.read(lmAt(4L));
        }

        /** Writes `y`. */
        public void setY(int value) {
            Lm.I32.write(lmAt(4L), value);
        }

        /**
         * Reads `name: ^cstr`.
         *
         * <p>Owned by the point.
         */
        public String name() {
            return Of.lmOWN_CSTR.read(lmAt(8L));
        }

        /** Writes `name`. */
        public void setName(String value) {
            Of.lmOWN_CSTR.write(lmAt(8L), value);
        }

        /** Copies all fields. What they lead to is not copied. */
        public PointValue copy() {
            return new PointValue(
                Lm.I32.again(x()),
                Lm.I32.again(y()),
                Of.lmOWN_CSTR.again(name()));
        }

        private static void lmPut(Lm.Making lmK, byte[] lmTo, int lmAt, PointValue lmV) {
            Lm.part("Point.x", Lm.I32, lmK, lmTo, lmAt + 0, lmV.x());
            Lm.part("Point.y", Lm.I32, lmK, lmTo, lmAt + 4, lmV.y());
            Lm.part("Point.name", Of.lmOWN_CSTR, lmK, lmTo, lmAt + 8, lmV.name());
        }

        private static void lmDrop(Lm.Place lmP) {
            Of.lmOWN_CSTR.drop(lmP.at(8L));
        }
    }

    /** What a {@link Point} is made of. */
    public record PointValue(int x, int y, String name) implements Pointer<PointValue> {
        @Override
        public Pointee<PointValue> lmPointee() {
            return new Pointee<>(null, "", new Var<>(this));
        }
    }

    /** `Runs` of the module. */
    public static final class Runs extends View implements Pointer<RunsValue> {
        private Runs(Lm.Held held) {
            super(held);
        }

        /** Makes one in the guest's memory, which the host owns. */
        public static Runs make(Records module, RunsValue value) {
            return Of.lmOWN_PTR_Runs.fresh(module.lm, new Var<>(value));
        }

        /** Writes all of it. */
        public void set(RunsValue value) {
            Of.lmRuns.write(lmPlace, value);
        }

        @Override
        public Pointee<RunsValue> lmPointee() {
            return new Pointee<>(this, "Runs", null);
        }

        /** Reads `text: str`. */
        public String text() {
            return Of.lmSTR.read(lmAt(0L));
        }

        /** Writes `text`. */
        public void setText(String value) {
            Of.lmSTR.write(lmAt(0L), value);
        }

        /** Reads `label: ?cstr`. */
        public String label() {
            return Of.lmMAYBE_CSTR.read(lmAt(8L));
        }

        /** Writes `label`. */
        public void setLabel(String value) {
            Of.lmMAYBE_CSTR.write(lmAt(8L), value);
        }

        /** Reads `numbers: []i32`. */
        public Elements<Integer, Integer> numbers() {
            return Of.lmSLICE_I32.read(lmAt(12L));
        }

        /** Writes `numbers`. */
        public void setNumbers(Run<Integer> value) {
            Of.lmSLICE_I32.write(lmAt(12L), value);
        }

        /** Reads `buffer: [+]Point`. */
        public Elements<Point, PointValue> buffer() {
            return Of.lmBUFFER_Point.read(lmAt(20L));
        }

        /** Writes `buffer`. */
        public void setBuffer(Slice<PointValue> value) {
            Of.lmBUFFER_Point.write(lmAt(20L), value);
        }

        /** Reads `own_text: ^str`. */
        public String ownText() {
            return Of.lmOWN_STR.read(lmAt(32L));
        }

        /** Writes `own_text`. */
        public void setOwnText(String value) {
            Of.lmOWN_STR.write(lmAt(32L), value);
        }

        /** Reads `own_label: ?^cstr`. */
        public String ownLabel() {
            return Of.lmMAYBE_OWN_CSTR.read(lmAt(40L));
        }

        /** Writes `own_label`. */
        public void setOwnLabel(String value) {
            Of.lmMAYBE_OWN_CSTR.write(lmAt(40L), value);
        }

        /** Reads `own_texts: ^[]^str`. */
        public Elements<String, String> ownTexts() {
            return Of.lmOWN_SLICE_OWN_STR.read(lmAt(44L));
        }

        /** Writes `own_texts`. */
        public void setOwnTexts(Run<String> value) {
            Of.lmOWN_SLICE_OWN_STR.write(lmAt(44L), value);
        }

        /** Copies all fields. What they lead to is not copied. */
        public RunsValue copy() {
            return new RunsValue(
                Of.lmSTR.again(text()),
                Of.lmMAYBE_CSTR.again(label()),
                Of.lmSLICE_I32.again(numbers()),
                Of.lmBUFFER_Point.again(buffer()),
                Of.lmOWN_STR.again(ownText()),
                Of.lmMAYBE_OWN_CSTR.again(ownLabel()),
                Of.lmOWN_SLICE_OWN_STR.again(ownTexts()));
        }

        private static void lmPut(Lm.Making lmK, byte[] lmTo, int lmAt, RunsValue lmV) {
            Lm.part("Runs.text", Of.lmSTR, lmK, lmTo, lmAt + 0, lmV.text());
            Lm.part("Runs.label", Of.lmMAYBE_CSTR, lmK, lmTo, lmAt + 8, lmV.label());
            Lm.part("Runs.numbers", Of.lmSLICE_I32, lmK, lmTo, lmAt + 12, lmV.numbers());
            Lm.part("Runs.buffer", Of.lmBUFFER_Point, lmK, lmTo, lmAt + 20, lmV.buffer());
            Lm.part("Runs.own_text", Of.lmOWN_STR, lmK, lmTo, lmAt + 32, lmV.ownText());
            Lm.part("Runs.own_label", Of.lmMAYBE_OWN_CSTR, lmK, lmTo, lmAt + 40, lmV.ownLabel());
            Lm.part("Runs.own_texts", Of.lmOWN_SLICE_OWN_STR, lmK, lmTo, lmAt + 44, lmV.ownTexts());
        }

        private static void lmDrop(Lm.Place lmP) {
            Of.lmBUFFER_Point.drop(lmP.at(20L));
            Of.lmOWN_STR.drop(lmP.at(32L));
            Of.lmMAYBE_OWN_CSTR.drop(lmP.at(40L));
            Of.lmOWN_SLICE_OWN_STR.drop(lmP.at(44L));
        }
    }

    /** What a {@link Runs} is made of. */
    public record RunsValue(String text, String label, Run<Integer> numbers, Slice<PointValue> buffer, String ownText, String ownLabel, Run<String> ownTexts) implements Pointer<RunsValue> {
        @Override
        public Pointee<RunsValue> lmPointee() {
            return new Pointee<>(null, "", new Var<>(this));
        }
    }

    /** Every scalar. */
    public static final class Scalars extends View implements Pointer<ScalarsValue> {
        private Scalars(Lm.Held held) {
            super(held);
        }

        /** Makes one in the guest's memory, which the host owns. */
        public static Scalars make(Records module, ScalarsValue value) {
            return Of.lmOWN_PTR_Scalars.fresh(module.lm, new Var<>(value));
        }

        /** Writes all of it. */
        public void set(ScalarsValue value) {
            Of.lmScalars.write(lmPlace, value);
        }

        @Override
        public Pointee<ScalarsValue> lmPointee() {
            return new Pointee<>(this, "Scalars", null);
        }

        /** Reads `a: bool`. */
        public boolean a() {
            return Lm.BOOL.read(lmAt(0L));
        }

        /** Writes `a`. */
        public void setA(boolean value) {
            Lm.BOOL.write(lmAt(0L), value);
        }

        /** Reads `b: i8`. */
        public int b() {
            return Lm.I8.read(lmAt(1L));
        }

        /** Writes `b`. */
        public void setB(int value) {
            Lm.I8.write(lmAt(1L), value);
        }

        /** Reads `c: u8`. */
        public int c() {
            return Lm.U8.read(lmAt(2L));
        }

        /** Writes `c`. */
        public void setC(int value) {
            Lm.U8.write(lmAt(2L), value);
        }

        /** Reads `d: i16`. */
        public int d() {
            return Lm.I16.read(lmAt(4L));
        }

        /** Writes `d`. */
        public void setD(int value) {
            Lm.I16.write(lmAt(4L), value);
        }

        /** Reads `e: u16`. */
        public int e() {
            return Lm.U16.read(lmAt(6L));
        }

        /** Writes `e`. */
        public void setE(int value) {
            Lm.U16.write(lmAt(6L), value);
        }

        /** Reads `f: i32`. */
        public int f() {
            return Lm.I32.read(lmAt(8L));
        }

        /** Writes `f`. */
        public void setF(int value) {
            Lm.I32.write(lmAt(8L), value);
        }

        /** Reads `g: u32`. */
        public long g() {
            return Lm.U32.read(lmAt(12L));
        }

        /** Writes `g`. */
        public void setG(long value) {
            Lm.U32.write(lmAt(12L), value);
        }

        /** Reads `h: i64`. */
        public long h() {
            return Lm.I64.read(lmAt(16L));
        }

        /** Writes `h`. */
        public void setH(long value) {
            Lm.I64.write(lmAt(16L), value);
        }

        /** Reads `i: u64`. */
        public BigInteger i() {
            return Lm.U64.read(lmAt(24L));
        }

        /** Writes `i`. */
        public void setI(BigInteger value) {
            Lm.U64.write(lmAt(24L), value);
        }

        /** Reads `j: f32`. */
        public float j() {
            return Lm.F32.read(lmAt(32L));
        }

        /** Writes `j`. */
        public void setJ(float value) {
            Lm.F32.write(lmAt(32L), value);
        }

        /** Reads `k: f64`. */
        public double k() {
            return Lm.F64.read(lmAt(40L));
        }

        /** Writes `k`. */
        public void setK(double value) {
            Lm.F64.write(lmAt(40L), value);
        }

        /** Reads `l: char`. */
        public int l() {
            return Lm.CHAR.read(lmAt(48L));
        }

        /** Writes `l`. */
        public void setL(int value) {
            Lm.CHAR.write(lmAt(48L), value);
        }

        /** Reads `m: usize`. */
        public long m() {
            return Lm.USIZE.read(lmAt(52L));
        }

        /** Writes `m`. */
        public void setM(long value) {
            Lm.USIZE.write(lmAt(52L), value);
        }

        /** Reads `n: isize`. */
        public int n() {
            return Lm.ISIZE.read(lmAt(56L));
        }

        /** Writes `n`. */
        public void setN(int value) {
            Lm.ISIZE.write(lmAt(56L), value);
        }

        /** Copies all fields. What they lead to is not copied. */
        public ScalarsValue copy() {
            return new ScalarsValue(
                Lm.BOOL.again(a()),
                Lm.I8.again(b()),
                Lm.U8.again(c()),
                Lm.I16.again(d()),
                Lm.U16.again(e()),
                Lm.I32.again(f()),
                Lm.U32.again(g()),
                Lm.I64.again(h()),
                Lm.U64.again(i()),
                Lm.F32.again(j()),
                Lm.F64.again(k()),
                Lm.CHAR.again(l()),
                Lm.USIZE.again(m()),
                Lm.ISIZE.again(n()));
        }

        private static void lmPut(Lm.Making lmK, byte[] lmTo, int lmAt, ScalarsValue lmV) {
            Lm.part("Scalars.a", Lm.BOOL, lmK, lmTo, lmAt + 0, lmV.a());
            Lm.part("Scalars.b", Lm.I8, lmK, lmTo, lmAt + 1, lmV.b());
            Lm.part("Scalars.c", Lm.U8, lmK, lmTo, lmAt + 2, lmV.c());
            Lm.part("Scalars.d", Lm.I16, lmK, lmTo, lmAt + 4, lmV.d());
            Lm.part("Scalars.e", Lm.U16, lmK, lmTo, lmAt + 6, lmV.e());
            Lm.part("Scalars.f", Lm.I32, lmK, lmTo, lmAt + 8, lmV.f());
            Lm.part("Scalars.g", Lm.U32, lmK, lmTo, lmAt + 12, lmV.g());
            Lm.part("Scalars.h", Lm.I64, lmK, lmTo, lmAt + 16, lmV.h());
            Lm.part("Scalars.i", Lm.U64, lmK, lmTo, lmAt + 24, lmV.i());
            Lm.part("Scalars.j", Lm.F32, lmK, lmTo, lmAt + 32, lmV.j());
            Lm.part("Scalars.k", Lm.F64, lmK, lmTo, lmAt + 40, lmV.k());
            Lm.part("Scalars.l", Lm.CHAR, lmK, lmTo, lmAt + 48, lmV.l());
            Lm.part("Scalars.m", Lm.USIZE, lmK, lmTo, lmAt + 52, lmV.m());
            Lm.part("Scalars.n", Lm.ISIZE, lmK, lmTo, lmAt + 56, lmV.n());
        }
    }

    /** What a {@link Scalars} is made of. */
    public record ScalarsValue(boolean a, int b, int c, int d, int e, int f, long g, long h, BigInteger i, float j, double k, int l, long m, int n) implements Pointer<ScalarsValue> {
        @Override
        public Pointee<ScalarsValue> lmPointee() {
            return new Pointee<>(null, "", new Var<>(this));
        }
    }

    /** `Shape` of the module. */
    public static final class Shape extends View implements Pointer<ShapeValue> {
        private Shape(Lm.Held held) {
            super(held);
        }

        /** Makes one in the guest's memory, which the host owns. */
        public static Shape make(Records module, ShapeValue value) {
            return Of.lmOWN_PTR_Shape.fresh(module.lm, new Var<>(value));
        }

        /** Writes all of it. */
        public void set(ShapeValue value) {
            Of.lmShape.write(lmPlace, value);
        }

        @Override
        public Pointee<ShapeValue> lmPointee() {
            return new Pointee<>(this, "Shape", null);
        }

        /** Reads what is held, if the case is {@code Circle}. */
        public double circle() {
            if (tag() != ShapeTag.Circle) {
                throw new RefusedException("it is another case");
            }
            return Lm.F64.read(lmAt(8L));
        }

        /** Reads what is held, if the case is {@code Tinted}. */
        public Color tinted() {
            if (tag() != ShapeTag.Tinted) {
                throw new RefusedException("it is another case");
            }
            return Of.lmColor.read(lmAt(8L));
        }

        /** Reads what is held, if the case is {@code Scaled}. */
        public Bits scaled() {
            if (tag() != ShapeTag.Scaled) {
                throw new RefusedException("it is another case");
            }
            return Of.lmBits.read(lmAt(8L));
        }

        private static final Lm.Codec<ShapeTag, ShapeTag> LM_TAG =
            new Lm.Scalar<>("Shape's tag", 1, false, a -> ShapeTag.lmOf(a & 0xff), v -> v.lmValue & Lm.MASK);

        /** Reads which case it is. */
        public ShapeTag tag() {
            return LM_TAG.read(lmPlace);
        }

        /** Copies the case and what it holds. What that leads to is not copied. */
        public ShapeValue copy() {
            return switch (tag()) {
                case Circle -> new ShapeCircle(Lm.F64.again(circle()));
                case Tinted -> new ShapeTinted(Of.lmColor.again(tinted()));
                case Scaled -> new ShapeScaled(Of.lmBits.again(scaled()));
                case Nothing -> new ShapeNothing();
            };
        }

        private static void lmPut(Lm.Making k, byte[] to, int at, ShapeValue value) {
            value.lmPut(k, to, at);
        }
    }

    /** What a {@link Shape} is made of: one of its cases. */
    public sealed interface ShapeValue extends Pointer<ShapeValue> permits ShapeCircle, ShapeTinted, ShapeScaled, ShapeNothing {
        /** For these bindings. */
        void lmPut(Lm.Making k, byte[] to, int at);

        @Override
        default Pointee<ShapeValue> lmPointee() {
            return new Pointee<>(null, "", new Var<>(this));
        }
    }

    /**
     * The case `Circle: f64`.
     *
     * <p>A radius.
     */
    public record ShapeCircle(double value) implements ShapeValue {
        @Override
        public void lmPut(Lm.Making k, byte[] to, int at) {
            Lm.store(to, at, 1, 0L);
            Lm.F64.put(k, to, at + 8, value);
        }
    }

    /** The case `Tinted: Color`. */
    public record ShapeTinted(Color value) implements ShapeValue {
        @Override
        public void lmPut(Lm.Making k, byte[] to, int at) {
            Lm.store(to, at, 1, 3L);
            Of.lmColor.put(k, to, at + 8, value);
        }
    }

    /** The case `Scaled: Bits`. */
    public record ShapeScaled(BitsValue value) implements ShapeValue {
        @Override
        public void lmPut(Lm.Making k, byte[] to, int at) {
            Lm.store(to, at, 1, 4L);
            Of.lmBits.put(k, to, at + 8, value);
        }
    }

    /** The case `Nothing`, which holds nothing. */
    public record ShapeNothing() implements ShapeValue {
        @Override
        public void lmPut(Lm.Making k, byte[] to, int at) {
            Lm.store(to, at, 1, 5L);
        }
    }

    /** Which case it is. */
    public enum ShapeTag {
        Circle(0L),
        Tinted(3L),
        Scaled(4L),
        Nothing(5L);

        private static final Map<Long, ShapeTag> LM_VALUES = new HashMap<>();

        static {
            for (ShapeTag one : values()) {
                LM_VALUES.put(one.lmValue, one);
            }
        }

        private final long lmValue;

        ShapeTag(long value) {
            lmValue = value;
        }

        /** The number; of 64 bits without a sign, its bits. */
        public long value() {
            return lmValue;
        }

        private static ShapeTag lmOf(long value) {
            final ShapeTag found = LM_VALUES.get(value);
            if (found == null) {
                throw Check.Invalid.because();
            }
            return found;
        }
    }

    /** `Sign` of the module. */
    public enum Sign {
        Minus(-1L),
        Zero(0L),
        Plus(1L);

        private static final Map<Long, Sign> LM_VALUES = new HashMap<>();

        static {
            for (Sign one : values()) {
                LM_VALUES.put(one.lmValue, one);
            }
        }

        private final long lmValue;

        Sign(long value) {
            lmValue = value;
        }

        /** The number; of 64 bits without a sign, its bits. */
        public long value() {
            return lmValue;
        }

        private static Sign lmOf(long value) {
            final Sign found = LM_VALUES.get(value);
            if (found == null) {
                throw Check.Invalid.because();
            }
            return found;
        }
    }

    // ---- What a program uses

    /**
     * An instance of the module in some engine. Addresses and other i32 are the low half of a long, floats are their bits. An
     * engine has {@code memory}, or else {@code read} and {@code write}.
     */
    public interface Engine {
        /** The size of the linear memory at this moment, in bytes. */
        long size();

        /** A buffer over bytes of the linear memory, which is asked for again after each call. */
        default ByteBuffer memory(long address, int size) {
            final byte[] content = new byte[size];
            read(address, content);
            return ByteBuffer.wrap(content);
        }

        /** Copies bytes out of the linear memory. */
        default void read(long address, byte[] to) {
            memory(address, to.length).get(to);
        }

        /** Copies bytes into the linear memory. */
        default void write(long address, byte[] from) {
            memory(address, from.length).put(from);
        }

        /** Whether there is an exported function of a name. */
        boolean has(String name);

        /** Calls an export. Every exception is a trap. */
        long[] call(String name, long... arguments);

        /**
         * The function at an index of the table {@code __indirect_function_table}. Types of values are the bytes of the binary format:
         * 0x7f is i32, 0x7e i64, 0x7d f32, 0x7c f64.
         *
         * @throws RuntimeException if there is none of this type
         */
        default Function function(int index, byte[] parameters, byte[] results) {
            throw new UnsupportedOperationException("the engine shows no table");
        }
    }

    /** A function by its index. */
    @FunctionalInterface
    public interface Function {
        /** Calls it. Every exception is a trap. */
        long[] call(long... arguments);
    }

    /** A function that the module imports; its parameters and results are bytes of the binary format. */
    public record HostFunction(String module, String name, byte[] parameters, byte[] results) {}

    /** Why a function failed, and what a host function that declares a status may fail with. */
    public interface Status {
        /** The number. */
        int code();

        /** The name. */
        String text();
    }

    /** The reasons that every module has. */
    public enum Check implements Status {
        Null, Misaligned, TooLong, OutOfBounds, NotUtf8, InteriorNul, OutOfMemory, Invalid;

        @Override
        public int code() {
            return ordinal() + 1;
        }

        @Override
        public String text() {
            return name();
        }

        AbiException because() {
            return new AbiException(this);
        }
    }

    /** What a function, or a view, fails with. */
    public static class AbiException extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final int code;
        private final String status;

        /** Fails with a status. */
        public AbiException(Status status) {
            this(status.code(), status.text(), status.text(), null);
        }

        AbiException(int code, String status, String message, Throwable cause) {
            super(message, cause);
            this.code = code;
            this.status = status;
        }

        /** The number of the status or check; 0 if it is neither. */
        public int code() {
            return code;
        }

        /** The name of the status or check; empty if it has none. */
        public String status() {
            return status;
        }

        AbiException within(String where) {
            return new AbiException(code, status, where + ": " + getMessage(), this);
        }
    }

    /** A value was not made for what it is used for. */
    public static final class RefusedException extends AbiException {
        private static final long serialVersionUID = 1;

        RefusedException(String what) {
            super(0, "", what, null);
        }

        private RefusedException(String what, Throwable cause) {
            super(0, "", what, cause);
        }

        @Override
        AbiException within(String where) {
            return new RefusedException(where + ": " + getMessage(), this);
        }
    }

    /** The instance trapped, in this call or before. It takes no further call. */
    public static final class TrapException extends AbiException {
        private static final long serialVersionUID = 1;

        TrapException(String what, Throwable cause) {
            super(0, "", what, cause);
        }

        @Override
        AbiException within(String where) {
            return new TrapException(where + ": " + getMessage(), this);
        }
    }

    /**
     * What lies in the guest's memory. What the guest handed over is an owner, to be closed. Views in an owner end with it; one
     * that a host function was lent ends when that returns.
     */
    public abstract static class View implements AutoCloseable {
        final Lm.Place lmPlace;
        final Runnable lmFree;
        boolean lmClaimed;

        View(Lm.Held of) {
            lmPlace = of.place;
            lmFree = of.free;
        }

        final Lm.Place lmAt(long offset) {
            return lmPlace.at(offset);
        }

        /** Frees what an owner owns. Does nothing after that, after it was handed over, and after a trap; refuses what is borrowed. */
        @Override
        public final void close() {
            if (lmFree == null) {
                throw new RefusedException("it is borrowed, and not to be freed here");
            }
            if (lmPlace.hold.ended || lmPlace.core.trapped != null) {
                return;
            }
            lmPlace.hold.ended = true;
            try {
                lmFree.run();
            } finally {
                lmPlace.hold.kept.forEach(kept -> kept.frees.forEach(Runnable::run));
            }
        }
    }

    /** What a pointer parameter or field takes: a view of the guest's memory, or a value, which is copied to the guest. */
    public interface Pointer<I> {
        /** For these bindings. */
        Pointee<I> lmPointee();
    }

    /** For these bindings. */
    public static final class Pointee<I> {
        final View view;
        final String of;
        final Var<I> host;

        Pointee(View view, String of, Var<I> host) {
            this.view = view;
            this.of = of;
            this.host = host;
        }
    }

    /** A value behind a pointer, which is copied to the guest and, where the function writes to it, back. */
    public static final class Var<I> implements Pointer<I> {
        /** The value. */
        public I value;

        /** Holds a value. */
        public Var(I value) {
            this.value = value;
        }

        @Override
        public Pointee<I> lmPointee() {
            return new Pointee<>(null, "", this);
        }
    }

    /** The address of a value in the guest. */
    public static final class Ref<O, I> extends View implements Pointer<I> {
        private final Lm.Codec<O, I> of;

        Ref(Lm.Held held, Lm.Codec<O, I> of) {
            super(held);
            this.of = of;
        }

        /** Reads the value; an array or buffer is a list in place. */
        public O get() {
            return of.read(lmPlace);
        }

        /** Copies the value. */
        public I copy() {
            return of.again(get());
        }

        /** Writes the value. */
        public void set(I value) {
            of.write(lmPlace, value);
        }

        @Override
        public Pointee<I> lmPointee() {
            return new Pointee<>(this, of.text, null);
        }
    }

    /** What a slice parameter or field takes: a {@link Slice}, which is copied to the guest, or a {@link Elements}, which is there. */
    public sealed interface Run<I> permits Slice, Elements {
        /** For these bindings. */
        Elements<?, I> lmElements();
    }

    /** Elements of the host's; where a function writes to them, they are copied back. */
    public static final class Slice<I> implements Run<I> {
        private final String text;
        private final Object array;
        private List<I> values;

        private Slice(String text, Object array, List<I> values) {
            this.text = text;
            this.array = array;
            this.values = values;
        }

        /** Elements of any type. */
        public static <I> Slice<I> of(List<? extends I> values) {
            return new Slice<>("", null, Collections.unmodifiableList(new ArrayList<>(values)));
        }

        /** Elements of any type. */
        @SafeVarargs
        public static <I> Slice<I> of(I... values) {
            final List<I> list = new ArrayList<>();
            for (I value : values) {
                list.add(value);
            }
            return of(list);
        }

        /** The array itself: what is copied back is in it. */
        public static Slice<Integer> i8(byte... array) {
            return new Slice<>("i8", array, null);
        }

        /** The array itself: what is copied back is in it. */
        public static Slice<Integer> u8(byte... array) {
            return new Slice<>("u8", array, null);
        }

        /** The array itself: what is copied back is in it. */
        public static Slice<Integer> i16(short... array) {
            return new Slice<>("i16", array, null);
        }

        /** The array itself, as unsigned numbers: what is copied back is in it. */
        public static Slice<Integer> u16(short... array) {
            return new Slice<>("u16", array, null);
        }

        /** The array itself: what is copied back is in it. */
        public static Slice<Integer> i32(int... array) {
            return new Slice<>("i32", array, null);
        }

        /** The array itself, as unsigned numbers: what is copied back is in it. */
        public static Slice<Long> u32(int... array) {
            return new Slice<>("u32", array, null);
        }

        /** The array itself: what is copied back is in it. */
        public static Slice<Long> i64(long... array) {
            return new Slice<>("i64", array, null);
        }

        /** The array itself, as unsigned numbers: what is copied back is in it. */
        public static Slice<BigInteger> u64(long... array) {
            return new Slice<>("u64", array, null);
        }

        /** The array itself: what is copied back is in it. */
        public static Slice<Float> f32(float... array) {
            return new Slice<>("f32", array, null);
        }

        /** The array itself: what is copied back is in it. */
        public static Slice<Double> f64(double... array) {
            return new Slice<>("f64", array, null);
        }

        /** The number of elements. */
        public int size() {
            return array == null ? values.size() : Array.getLength(array);
        }

        /** The elements of a slice that was made of a list or of single values, after a call as it left them. */
        public List<I> list() {
            if (array != null) {
                throw new RefusedException("its elements are in the array that it was made of");
            }
            return values;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Slice<?> of && of.text.equals(text) && Objects.deepEquals(array, of.array)
                && Objects.equals(values, of.values);
        }

        @Override
        public int hashCode() {
            return Objects.hash(text, size());
        }

        @Override
        public String toString() {
            return array == null ? values.toString() : text + Arrays.deepToString(new Object[] {array});
        }

        @Override
        public Elements<?, I> lmElements() {
            return null;
        }

        // The bytes of an array, or none.
        byte[] content(String of, int size) {
            if (array == null) {
                return null;
            }
            if (!text.equals(of) && !(text.equals("u32") && of.equals("usize")) && !(text.equals("i32") && of.equals("isize"))) {
                throw new RefusedException("its elements are " + text);
            }
            final byte[] content = new byte[size() * size];
            final ByteBuffer to = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
            if (array instanceof byte[] bytes) {
                to.put(bytes);
            } else if (array instanceof short[] shorts) {
                to.asShortBuffer().put(shorts);
            } else if (array instanceof int[] ints) {
                to.asIntBuffer().put(ints);
            } else if (array instanceof long[] longs) {
                to.asLongBuffer().put(longs);
            } else if (array instanceof float[] floats) {
                to.asFloatBuffer().put(floats);
            } else if (array instanceof double[] doubles) {
                to.asDoubleBuffer().put(doubles);
            }
            return content;
        }

        void back(Elements<?, I> from) {
            if (array == null) {
                values = Collections.unmodifiableList(from.copy());
                return;
            }
            final ByteBuffer content = from.buffer();
            if (array instanceof byte[] bytes) {
                content.get(bytes);
            } else if (array instanceof short[] shorts) {
                content.asShortBuffer().get(shorts);
            } else if (array instanceof int[] ints) {
                content.asIntBuffer().get(ints);
            } else if (array instanceof long[] longs) {
                content.asLongBuffer().get(longs);
            } else if (array instanceof float[] floats) {
                content.asFloatBuffer().get(floats);
            } else if (array instanceof double[] doubles) {
                content.asDoubleBuffer().get(doubles);
            }
        }
    }

    /** Elements in the guest's memory. */
    public static final class Elements<O, I> extends View implements Run<I> {
        private final Lm.Codec<O, I> of;
        private final long count;
        // A buffer is a descriptor, which is read at each use: the guest may have moved the elements.
        private final boolean buffer;
        private final boolean slice;

        Elements(Lm.Held held, Lm.Codec<O, I> of, long count, boolean buffer, boolean slice) {
            super(held);
            this.of = of;
            this.count = count;
            this.buffer = buffer;
            this.slice = slice;
        }

        // Address and number.
        long[] span() {
            lmPlace.alive();
            return buffer ? descriptor(lmPlace, of) : new long[] {lmPlace.addr, count};
        }

        // Address, number and room of a buffer.
        static long[] descriptor(Lm.Place at, Lm.Codec<?, ?> of) {
            final ByteBuffer b = at.bytes(12, 4);
            final long addr = b.getInt(0) & Lm.MASK;
            final long count = b.getInt(4) & Lm.MASK;
            final long room = b.getInt(8) & Lm.MASK;
            at.core.check(addr, room, of.size, of.align);
            if (count > room) {
                throw Check.TooLong.because();
            }
            return new long[] {addr, count, room};
        }

        /** The number of elements: of a buffer, as it is at the moment. */
        public long size() {
            return span()[1];
        }

        private Lm.Place element(long index) {
            final long[] span = span();
            if (index < 0 || index >= span[1]) {
                throw new RefusedException("there is no element " + index + " of " + span[1]);
            }
            return lmPlace.to(span[0] + index * of.size);
        }

        /** Reads an element. */
        public O at(long index) {
            return of.read(element(index));
        }

        /** Writes an element. */
        public void set(long index, I value) {
            of.write(element(index), value);
        }

        /** Copies the elements out of the guest's memory. */
        public List<I> copy() {
            final long[] span = span();
            final Lm.Core core = lmPlace.core;
            core.check(span[0], span[1], of.size, of.align);
            // An array is part of what was counted.
            final long size = buffer || core.copying.depth == 0 ? span[1] * of.size : 0;
            final List<I> values = new ArrayList<>();
            core.copying.step(200, Math.max(core.engine.size(), 1 << 20), size, () -> {
                for (long index = 0; index < span[1]; index++) {
                    values.add(of.again(of.read(lmPlace.to(span[0] + index * of.size))));
                }
            });
            return values;
        }

        /**
         * The bytes of the elements, in little-endian order: in place until the next call, if the engine shows its memory, and
         * read-only if they are not to be written to.
         */
        public ByteBuffer buffer() {
            final long[] span = span();
            final ByteBuffer found = lmPlace.core.bytes(span[0], span[1], of.size, of.align);
            return lmPlace.write && of.plain ? found : found.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
        }

        @Override
        public Elements<?, I> lmElements() {
            return this;
        }
    }

    // What the rest is made of.
    private static final class Lm {
        private Lm() {}

        private static final long MASK = 0xffffffffL;
        private static final long SIZE_MAX = Integer.MAX_VALUE;

        private static final class Core {
            private Engine engine;
            private RuntimeException trapped;
            // The calls under way, the innermost last.
            private final ArrayList<Call> calls = new ArrayList<>();
            // What is borrowed from the guest, and nobody here can say for how long.
            private final Hold lasting = new Hold(false);
            // How deep it is in what is being freed or copied.
            private final Walk freeing = new Walk();
            private final Walk copying = new Walk();

            long[] call(String name, long... arguments) {
                return run(() -> engine.call(name, arguments));
            }

            long[] run(Supplier<long[]> call) {
                if (engine == null) {
                    throw new RefusedException("the module is not bound");
                }
                if (trapped != null) {
                    throw new TrapException("the instance trapped", trapped);
                }
                long[] results = null;
                try {
                    results = call.get();
                } catch (RuntimeException exception) {
                    trapped = trapped == null ? exception : trapped;
                } catch (Error error) {
                    trapped = trapped == null ? new RuntimeException(error) : trapped;
                    if (!(error instanceof StackOverflowError)) {
                        throw error;
                    }
                }
                // A host function may have swallowed the trap of a call that it made.
                if (trapped != null) {
                    throw new TrapException("the instance trapped: " + trapped.getMessage(), trapped);
                }
                return results;
            }

            // All checks that SPEC asks for.
            void check(long addr, long count, long size, long align) {
                if (count == 0) {
                    return;
                }
                if (engine == null) {
                    throw new RefusedException("the module is not bound");
                }
                // No product passes 63 bits: both are below 2^32.
                final long length = count * size;
                if (addr == 0) {
                    throw Check.Null.because();
                }
                if (addr % align != 0) {
                    throw Check.Misaligned.because();
                }
                if (length < 0 || length > SIZE_MAX) {
                    throw Check.TooLong.because();
                }
                if (addr + length > engine.size()) {
                    throw Check.OutOfBounds.because();
                }
            }

            ByteBuffer bytes(long addr, long count, long size, long align) {
                check(addr, count, size, align);
                final ByteBuffer found = count == 0 ? ByteBuffer.allocate(0) : engine.memory(addr, (int) (count * size));
                return found.order(ByteOrder.LITTLE_ENDIAN);
            }

            byte[] content(long addr, long count, long size, long align) {
                check(addr, count, size, align);
                final byte[] content = new byte[(int) (count * size)];
                if (count != 0) {
                    engine.read(addr, content);
                }
                return content;
            }

            long alloc(long size, long align) {
                if (size > SIZE_MAX) {
                    throw Check.TooLong.because();
                }
                if (size == 0) {
                    return align;
                }
                final long[] results = call(EXPORTS[0], size, align);
                if (results.length != 1) {
                    throw new RefusedException("alloc has no result");
                }
                final long addr = results[0] & MASK;
                if (addr == 0) {
                    throw Check.OutOfMemory.because();
                }
                if (addr % align != 0) {
                    throw Check.Misaligned.because();
                }
                check(addr, size, 1, 1);
                return addr;
            }

            void free(long addr, long size, long align) {
                if (size != 0 && addr != 0) {
                    call(EXPORTS[1], addr, size, align);
                }
            }

            // Frees what a block of so many bytes owns. Blocks that overlap pass the size of memory.
            void inside(long size, Runnable free) {
                freeing.step(500, engine.size(), size, free);
            }

            // The bytes of a cstr, without its NUL.
            byte[] cstr(long addr) {
                if (addr == 0) {
                    throw Check.Null.because();
                }
                if (engine == null) {
                    throw new RefusedException("the module is not bound");
                }
                final long size = engine.size();
                if (addr >= size) {
                    throw Check.OutOfBounds.because();
                }
                final long end = Math.min(size, addr + SIZE_MAX);
                for (long at = addr; at < end;) {
                    final int step = (int) Math.min(end - at, 4096);
                    final ByteBuffer b = engine.memory(at, step);
                    for (int index = 0; index < step; index++) {
                        if (b.get(index) == 0) {
                            return content(addr, at + index - addr, 1, 1);
                        }
                    }
                    at += step;
                }
                throw (end < size ? Check.TooLong : Check.OutOfBounds).because();
            }
        }

        // A way through a value that a module made, which may contain itself.
        private static final class Walk {
            private int depth;
            // How many bytes more are believed of it.
            private long left;

            // Takes a step of so many bytes: `deepest` steps and `most` bytes in all are more than an honest value has.
            void step(int deepest, long most, long size, Runnable step) {
                if (depth == 0) {
                    left = most;
                }
                if (depth >= deepest) {
                    throw Check.TooLong.because();
                }
                depth++;
                try {
                    spend(size);
                    step.run();
                } finally {
                    depth--;
                }
            }

            // Counts bytes that are no step.
            void spend(long size) {
                if (depth > 0) {
                    if (size > left) {
                        throw Check.TooLong.because();
                    }
                    left -= size;
                }
            }
        }

        // What all views of one thing hang on: when it has ended, so have they.
        private static final class Hold {
            private boolean ended;
            // Whether it is the host's, and so keeps what was put into its borrowed fields.
            private final boolean owned;
            private final List<Keeping> kept = new ArrayList<>();

            Hold(boolean owned) {
                this.owned = owned;
            }

            void keep(long addr, long size, List<Runnable> frees) {
                if (!frees.isEmpty()) {
                    kept.add(new Keeping(addr, addr + size, frees));
                }
            }

            // What is kept for nothing but bytes that are written anew.
            List<Runnable> replaced(long addr, long size) {
                final List<Runnable> frees = new ArrayList<>();
                kept.removeIf(of -> of.start >= addr && of.end <= addr + size && frees.addAll(of.frees));
                return frees;
            }
        }

        // What was put into the borrowed fields of so many bytes.
        private record Keeping(long start, long end, List<Runnable> frees) {}

        // A place in memory.
        private static final class Place {
            private final Core core;
            private final Hold hold;
            private final long addr;
            private final boolean write;

            Place(Core core, Hold hold, long addr, boolean write) {
                this.core = core;
                this.hold = hold;
                this.addr = addr;
                this.write = write;
            }

            Place at(long offset) {
                return to(addr + offset);
            }

            Place to(long address) {
                return new Place(core, hold, address, write);
            }

            void alive() {
                if (hold.ended) {
                    throw new RefusedException("it was freed, handed over, or lent for a call that is over");
                }
            }

            ByteBuffer bytes(long size, long align) {
                alive();
                return core.bytes(addr, 1, size, align);
            }

            void check(long size, long align) {
                alive();
                core.check(addr, 1, size, align);
            }
        }

        // A place, and how it is freed if it is an owner.
        private static final class Held {
            private final Place place;
            private final Runnable free;

            Held(Place place, Runnable free) {
                this.place = place;
                this.free = free;
            }
        }

        // ---- How types are read and written

        // What is read, and of whom: `top` if it was handed over with a call, rather than found in memory.
        private static final class Lifting {
            private final Place place;
            private final boolean top;
            // What frees all that came, if something else fails.
            private final List<Runnable> received;

            Lifting(Place place, boolean top, List<Runnable> received) {
                this.place = place;
                this.top = top;
                this.received = received;
            }

            Held owner(long addr, Runnable free) {
                final Held held = new Held(new Place(place.core, new Hold(true), addr, true), free);
                if (received != null) {
                    received.add(() -> {
                        if (!held.place.hold.ended) {
                            held.place.hold.ended = true;
                            free.run();
                        }
                    });
                }
                return held;
            }

            Held borrow(long addr, char mark) {
                final boolean write = mark == '~' || mark == '^' && place.write;
                return new Held(new Place(place.core, place.hold, addr, write), null);
            }
        }

        private abstract static class Codec<O, I> {
            // As records write it.
            final String text;
            final long size;
            final int align;
            // How many values it travels as in calls: 0, 1 or 2.
            final int words;
            // Whether an argument is handed over, and whether a value owns something.
            final boolean own;
            final boolean drops;
            // Whether every value of the bytes is one of it.
            boolean plain;

            Codec(String text, long size, int align, int words, boolean own, boolean drops) {
                this.text = text;
                this.size = size;
                this.align = align;
                this.words = words;
                this.own = own;
                this.drops = drops;
            }

            // Reads what is at a place; a view of it, if it has parts.
            abstract O load(Place at);

            // Writes a new value into bytes.
            abstract void put(Making k, byte[] to, int at, I value);

            // Makes of what was read what can be written.
            abstract I again(O value);

            // Frees what the value at a place owns.
            void drop(Place at) {}

            O lift(Lifting in, long a, long b) {
                throw new IllegalStateException(text);
            }

            long[] lower(Making k, I value) {
                throw new IllegalStateException(text);
            }

            final O read(Place at) {
                at.alive();
                try {
                    return load(at);
                } catch (AbiException exception) {
                    throw exception.within(text);
                }
            }

            final void write(Place at, I value) {
                try {
                    writeAt(at, value);
                } catch (AbiException exception) {
                    throw exception.within(text);
                }
            }

            private void writeAt(Place at, I value) {
                at.check(size, align);
                if (!at.write) {
                    throw new RefusedException("it is borrowed, and not to be written to");
                }
                final Making k = new Making(at.core);
                k.keeping = true;
                final byte[] content = new byte[(int) size];
                try {
                    put(k, content, 0, value);
                    if (!k.kept.isEmpty() && !at.hold.owned) {
                        throw new RefusedException("it is lent, so what it borrows has no place to be kept");
                    }
                    for (View view : k.taken) {
                        if (view.lmPlace.hold == at.hold) {
                            throw new RefusedException("it would own itself");
                        }
                    }
                    if (drops) {
                        try {
                            drop(at);
                        } catch (AbiException exception) {
                            // What has no address that could be freed is left.
                            if (exception.code() == 0) {
                                throw exception;
                            }
                        }
                    }
                } catch (RuntimeException exception) {
                    k.undo();
                    throw exception;
                }
                at.hold.replaced(at.addr, size).forEach(Runnable::run);
                at.check(size, align);
                at.core.engine.write(at.addr, content);
                at.hold.keep(at.addr, size, k.commit());
            }

            // How many bytes one lies in, or its elements each, behind a pointer or slice.
            long behind() {
                throw new IllegalStateException(text);
            }

            // A value in a block of its own: for `^*` and `^[]`.
            final O fresh(Core core, I value) {
                final Making k = new Making(core);
                k.keeping = true;
                try {
                    final long[] words = lower(k, value);
                    final O made = lift(new Lifting(new Place(core, core.lasting, 0, false), true, null), words[0], words[1]);
                    final List<Runnable> kept = k.commit();
                    ((View) made).lmPlace.hold.keep(words[0], behind() * (this.words == 2 ? words[1] : 1), kept);
                    return made;
                } catch (AbiException exception) {
                    k.undo();
                    throw exception.within(text);
                }
            }
        }

        private static long raw(ByteBuffer b, int size) {
            return switch (size) {
                case 1 -> b.get(0) & 0xff;
                case 2 -> b.getShort(0) & 0xffff;
                case 4 -> b.getInt(0) & MASK;
                default -> b.getLong(0);
            };
        }

        private static void store(byte[] to, int at, long size, long value) {
            for (int index = 0; index < size; index++) {
                to[at + index] = (byte) (value >>> (8 * index));
            }
        }

        // What lies in memory as it travels.
        private abstract static class Word<O, I> extends Codec<O, I> {
            Word(String text, int size, int align, int words, boolean own) {
                super(text, size, align, words, own, own);
            }

            @Override
            O load(Place at) {
                final long[] words = words(at);
                return lift(new Lifting(at, false, null), words[0], words[1]);
            }

            private long[] words(Place at) {
                final ByteBuffer b = at.bytes(size, align);
                return words == 2 ? new long[] {b.getInt(0) & MASK, b.getInt(4) & MASK} : new long[] {raw(b, (int) size), 0};
            }

            @Override
            void put(Making k, byte[] to, int at, I value) {
                final long[] made = lower(k, value);
                store(to, at, words == 2 ? 4 : size, made[0]);
                if (words == 2) {
                    store(to, at + 4, 4, made[1]);
                }
            }

            @Override
            void drop(Place at) {
                if (drops) {
                    final long[] found = words(at);
                    release(at.core, found[0], found[1]);
                }
            }

            void release(Core core, long a, long b) {}
        }

        // Numbers, bools, chars and enums.
        private static final class Scalar<T> extends Word<T, T> {
            private final LongFunction<T> lift;
            private final ToLongFunction<T> lower;

            Scalar(String text, int size, boolean plain, LongFunction<T> lift, ToLongFunction<T> lower) {
                super(text, size, size, 1, false);
                this.plain = plain;
                this.lift = lift;
                this.lower = lower;
            }

            @Override
            T again(T value) {
                return value;
            }

            @Override
            T lift(Lifting in, long a, long b) {
                return lift.apply(a);
            }

            @Override
            long[] lower(Making k, T value) {
                if (value == null) {
                    throw Check.Null.because();
                }
                return new long[] {lower.applyAsLong(value), 0};
            }
        }

        private static long within(long value, long least, long most) {
            if (value < least || value > most) {
                throw new RefusedException(value + " is not between " + least + " and " + most);
            }
            return value & MASK;
        }

        private static int scalarValue(int value) {
            if (!Character.isValidCodePoint(value) || value >= 0xd800 && value < 0xe000) {
                throw Check.Invalid.because();
            }
            return value;
        }

        private static long unsigned(BigInteger value) {
            if (value.signum() < 0 || value.bitLength() > 64) {
                throw new RefusedException(value + " is no u64");
            }
            return value.longValue();
        }

        private static BigInteger unsigned(long value) {
            return new BigInteger(Long.toUnsignedString(value));
        }

        private static final Codec<Boolean, Boolean> BOOL = new Scalar<>("bool", 1, false, a -> (a & MASK) != 0, v -> v ? 1 : 0);
        private static final Codec<Integer, Integer> I8 = new Scalar<>("i8", 1, true, a -> (int) (byte) a, v -> within(v, -128, 127));
        private static final Codec<Integer, Integer> U8 = new Scalar<>("u8", 1, true, a -> (int) a & 0xff, v -> within(v, 0, 255));
        private static final Codec<Integer, Integer> I16 =
            new Scalar<>("i16", 2, true, a -> (int) (short) a, v -> within(v, -32768, 32767));
        private static final Codec<Integer, Integer> U16 = new Scalar<>("u16", 2, true, a -> (int) a & 0xffff, v -> within(v, 0, 65535));
        private static final Codec<Integer, Integer> I32 = new Scalar<>("i32", 4, true, a -> (int) a, v -> v & MASK);
        private static final Codec<Long, Long> U32 = new Scalar<>("u32", 4, true, a -> a & MASK, v -> within(v, 0, MASK));
        private static final Codec<Long, Long> I64 = new Scalar<>("i64", 8, true, a -> a, v -> v);
        private static final Codec<BigInteger, BigInteger> U64 = new Scalar<>("u64", 8, true, a -> unsigned(a), v -> unsigned(v));
        private static final Codec<Float, Float> F32 =
            new Scalar<>("f32", 4, true, a -> Float.intBitsToFloat((int) a), v -> Float.floatToRawIntBits(v) & MASK);
        private static final Codec<Double, Double> F64 =
            new Scalar<>("f64", 8, true, a -> Double.longBitsToDouble(a), v -> Double.doubleToRawLongBits(v));
        private static final Codec<Integer, Integer> CHAR =
            new Scalar<>("char", 4, false, a -> scalarValue((int) a), v -> scalarValue(v) & MASK);
        private static final Codec<Long, Long> USIZE = new Scalar<>("usize", 4, true, a -> a & MASK, v -> within(v, 0, MASK));
        private static final Codec<Integer, Integer> ISIZE = new Scalar<>("isize", 4, true, a -> (int) a, v -> v & MASK);

        private static byte[] utf8(String text, boolean nul) {
            if (text == null) {
                throw Check.Null.because();
            }
            try {
                final ByteBuffer b = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
                final byte[] content = new byte[b.remaining() + (nul ? 1 : 0)];
                b.get(content, 0, b.remaining());
                if (nul && text.indexOf(0) >= 0) {
                    throw Check.InteriorNul.because();
                }
                return content;
            } catch (CharacterCodingException exception) {
                throw Check.NotUtf8.because();
            }
        }

        private static String utf8(byte[] content) {
            try {
                return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
            } catch (CharacterCodingException exception) {
                throw Check.NotUtf8.because();
            }
        }

        private static final class Text extends Word<String, String> {
            private final String drop;

            Text(String text, boolean own, String drop) {
                super(text, 8, 4, 2, own);
                this.drop = drop;
            }

            @Override
            String again(String value) {
                return value;
            }

            @Override
            void release(Core core, long a, long b) {
                if (drop != null) {
                    core.call(drop, a, b);
                    return;
                }
                core.check(a, b, 1, 1);
                core.freeing.spend(b);
                core.free(a, b, 1);
            }

            @Override
            String lift(Lifting in, long a, long b) {
                in.place.core.copying.spend(b & MASK);
                final byte[] content = in.place.core.content(a & MASK, b & MASK, 1, 1);
                if (own && in.top) {
                    release(in.place.core, a & MASK, b & MASK);
                }
                return utf8(content);
            }

            @Override
            long[] lower(Making k, String value) {
                final byte[] content = utf8(value, false);
                return new long[] {k.text(content, own), content.length};
            }
        }

        private static final class CText extends Word<String, String> {
            private final boolean maybe;
            private final String drop;

            CText(String text, boolean own, boolean maybe, String drop) {
                super(text, 4, 4, 1, own);
                this.maybe = maybe;
                this.drop = drop;
            }

            @Override
            String again(String value) {
                return value;
            }

            @Override
            void release(Core core, long a, long b) {
                if (a != 0 && drop != null) {
                    core.call(drop, a);
                } else if (a != 0) {
                    final long size = core.cstr(a).length + 1L;
                    core.freeing.spend(size);
                    core.free(a, size, 1);
                }
            }

            @Override
            String lift(Lifting in, long a, long b) {
                final long addr = a & MASK;
                if (addr == 0 && maybe) {
                    return null;
                }
                final byte[] content = in.place.core.cstr(addr);
                in.place.core.copying.spend(content.length);
                if (own && in.top) {
                    release(in.place.core, addr, 0);
                }
                return utf8(content);
            }

            @Override
            long[] lower(Making k, String value) {
                return value == null && maybe ? new long[2] : new long[] {k.text(utf8(value, true), own), 0};
            }
        }

        // ---- Pointers

        private static final class PointerTo<P extends Pointer<I>, O, I> extends Word<P, Pointer<I>> {
            private final Supplier<Codec<O, I>> of;
            private final char mark;
            private final boolean maybe;
            private final String drop;
            private final java.util.function.Function<Held, P> wrap;

            PointerTo(String text, Supplier<Codec<O, I>> of, char mark, boolean maybe, String drop,
                java.util.function.Function<Held, P> wrap) {
                super(text, 4, 4, 1, mark == '^');
                this.of = of;
                this.mark = mark;
                this.maybe = maybe;
                this.drop = drop;
                this.wrap = wrap;
            }

            @Override
            long behind() {
                return of.get().size;
            }

            @Override
            Pointer<I> again(P value) {
                return value;
            }

            @Override
            void release(Core core, long a, long b) {
                final Codec<O, I> to = of.get();
                if (a == 0 && maybe) {
                    return;
                }
                if (drop != null) {
                    core.call(drop, a);
                    return;
                }
                core.check(a, 1, to.size, to.align);
                core.inside(to.size, () -> to.drop(new Place(core, core.lasting, a, true)));
                core.free(a, to.size, to.align);
            }

            @Override
            P lift(Lifting in, long a, long b) {
                final Codec<O, I> to = of.get();
                final Core core = in.place.core;
                final long addr = a & MASK;
                if (addr == 0 && maybe) {
                    return null;
                }
                core.check(addr, 1, to.size, to.align);
                return wrap.apply(own && in.top ? in.owner(addr, () -> release(core, addr, 0)) : in.borrow(addr, mark));
            }

            @Override
            long[] lower(Making k, Pointer<I> value) {
                final Codec<O, I> to = of.get();
                if (value == null) {
                    if (maybe) {
                        return new long[2];
                    }
                    throw Check.Null.because();
                }
                final Pointee<I> pointee = value.lmPointee();
                final View view = pointee.view;
                if (view != null) {
                    if (!pointee.of.equals(to.text)) {
                        throw new RefusedException("it is a " + pointee.of);
                    }
                    if (own) {
                        k.take(view);
                    } else {
                        k.use(view, mark == '~');
                        k.lend(view, view.lmPlace.addr, to.size, mark == '~');
                    }
                    return new long[] {view.lmPlace.addr, 0};
                }
                final byte[] content = new byte[(int) to.size];
                to.put(k, content, 0, pointee.host.value);
                final long addr = k.block(content, to.align);
                if (!own) {
                    k.borrowed(() -> release(k.core, addr, 0));
                    if (mark == '~') {
                        k.back.add(() -> {
                            // What the value leads to is freed with it.
                            final Hold lent = new Hold(false);
                            pointee.host.value = to.again(to.read(new Place(k.core, lent, addr, false)));
                            lent.ended = true;
                        });
                    }
                }
                return new long[] {addr, 0};
            }
        }

        private static final class OpaqueTo<P extends View> extends Word<P, P> {
            private final char mark;
            private final boolean maybe;
            private final String drop;
            private final java.util.function.Function<Held, P> wrap;

            OpaqueTo(String text, char mark, boolean maybe, String drop, java.util.function.Function<Held, P> wrap) {
                super(text, 4, 4, 1, mark == '^');
                this.mark = mark;
                this.maybe = maybe;
                this.drop = drop;
                this.wrap = wrap;
            }

            @Override
            P again(P value) {
                return value;
            }

            @Override
            void release(Core core, long a, long b) {
                if (a == 0) {
                    return;
                }
                if (drop == null) {
                    throw new RefusedException("the module has no function that frees a " + text);
                }
                core.call(drop, a);
            }

            @Override
            P lift(Lifting in, long a, long b) {
                final Core core = in.place.core;
                final long addr = a & MASK;
                if (addr == 0 && maybe) {
                    return null;
                }
                if (addr == 0) {
                    throw Check.Null.because();
                }
                return wrap.apply(own && in.top ? in.owner(addr, () -> release(core, addr, 0)) : in.borrow(addr, mark));
            }

            @Override
            long[] lower(Making k, P value) {
                if (value == null) {
                    if (maybe) {
                        return new long[2];
                    }
                    throw Check.Null.because();
                }
                if (own) {
                    k.take(value);
                } else {
                    k.use(value, mark == '~');
                    k.lend(value, value.lmPlace.addr, 0, false);
                }
                return new long[] {value.lmPlace.addr, 0};
            }
        }

        // ---- Elements

        private static <I> long putElements(Making k, Codec<?, I> of, Slice<I> values) {
            final long size = values.size() * of.size;
            if (size > SIZE_MAX) {
                throw Check.TooLong.because();
            }
            return k.block(elements(k, of, values), of.align);
        }

        private static <I> byte[] elements(Making k, Codec<?, I> of, Slice<I> values) {
            final byte[] raw = values.content(of.text, (int) of.size);
            if (raw != null) {
                return raw;
            }
            final byte[] content = new byte[(int) (values.size() * of.size)];
            int at = 0;
            for (I value : values.list()) {
                of.put(k, content, at, value);
                at += (int) of.size;
            }
            return content;
        }

        // `size` is that of the block, if they are one.
        private static void dropElements(Core core, Codec<?, ?> of, long addr, long count, long size) {
            core.inside(size, () -> {
                for (long index = 0; of.drops && index < count; index++) {
                    of.drop(new Place(core, core.lasting, addr + index * of.size, true));
                }
            });
        }

        private static void freeElements(Core core, Codec<?, ?> of, long addr, long count, long room) {
            if (room != 0) {
                core.check(addr, room, of.size, of.align);
                dropElements(core, of, addr, count, room * of.size);
                core.free(addr, room * of.size, of.align);
            }
        }

        private static final class SliceOf<O, I> extends Word<Elements<O, I>, Run<I>> {
            private final Supplier<Codec<O, I>> of;
            private final char mark;
            private final String drop;

            SliceOf(String text, Supplier<Codec<O, I>> of, char mark, String drop) {
                super(text, 8, 4, 2, mark == '^');
                this.of = of;
                this.mark = mark;
                this.drop = drop;
            }

            @Override
            long behind() {
                return of.get().size;
            }

            @Override
            Run<I> again(Elements<O, I> value) {
                return value;
            }

            @Override
            void release(Core core, long a, long b) {
                if (drop != null) {
                    core.call(drop, a, b);
                } else {
                    freeElements(core, of.get(), a, b, b);
                }
            }

            @Override
            Elements<O, I> lift(Lifting in, long a, long b) {
                final Codec<O, I> to = of.get();
                final Core core = in.place.core;
                final long addr = a & MASK;
                final long count = b & MASK;
                core.check(addr, count, to.size, to.align);
                final Held held = own && in.top ? in.owner(addr, () -> release(core, addr, count)) : in.borrow(addr, mark);
                return new Elements<>(held, to, count, false, true);
            }

            @Override
            long[] lower(Making k, Run<I> value) {
                final Codec<O, I> to = of.get();
                if (value == null) {
                    throw Check.Null.because();
                }
                final Elements<?, I> view = value.lmElements();
                if (view != null) {
                    final long[] span = view.span();
                    if (!view.of.text.equals(to.text)) {
                        throw new RefusedException("its elements are " + view.of.text);
                    }
                    if (own && !view.slice) {
                        throw new RefusedException("it is no slice of its own");
                    }
                    if (own) {
                        k.take(view);
                    } else {
                        k.use(view, mark == '~');
                        k.lend(view, span[0], span[1] * to.size, mark == '~');
                    }
                    return new long[] {span[0], span[1]};
                }
                final Slice<I> host = (Slice<I>) value;
                final long addr = putElements(k, to, host);
                final long count = host.size();
                if (!own) {
                    k.borrowed(() -> release(k.core, addr, count));
                    if (mark == '~' && count > 0) {
                        k.back.add(() -> {
                            final Hold lent = new Hold(false);
                            host.back(new Elements<>(new Held(new Place(k.core, lent, addr, false), null), to, count, false, false));
                            lent.ended = true;
                        });
                    }
                }
                return new long[] {addr, count};
            }
        }

        private static final class BufferOf<O, I> extends Codec<Elements<O, I>, Slice<I>> {
            private final Supplier<Codec<O, I>> of;

            BufferOf(String text, Supplier<Codec<O, I>> of) {
                super(text, 12, 4, 0, false, true);
                this.of = of;
            }

            @Override
            Elements<O, I> load(Place at) {
                final Elements<O, I> list = new Elements<>(new Held(at, null), of.get(), 0, true, false);
                list.span();
                return list;
            }

            @Override
            Slice<I> again(Elements<O, I> value) {
                return Slice.of(value.copy());
            }

            @Override
            void put(Making k, byte[] to, int at, Slice<I> value) {
                if (value == null) {
                    throw Check.Null.because();
                }
                store(to, at, 4, putElements(k, of.get(), value));
                store(to, at + 4, 4, value.size());
                store(to, at + 8, 4, value.size());
            }

            @Override
            void drop(Place at) {
                final long[] found = Elements.descriptor(at, of.get());
                freeElements(at.core, of.get(), found[0], found[1], found[2]);
            }
        }

        private static final class ArrayOf<O, I> extends Codec<Elements<O, I>, Slice<I>> {
            private final Supplier<Codec<O, I>> of;
            private final long count;

            ArrayOf(String text, Supplier<Codec<O, I>> of, long count, long size, int align, boolean owning) {
                super(text, size, align, 0, false, owning);
                this.of = of;
                this.count = count;
            }

            @Override
            Elements<O, I> load(Place at) {
                at.check(size, align);
                return new Elements<>(new Held(at, null), of.get(), count, false, false);
            }

            @Override
            Slice<I> again(Elements<O, I> value) {
                return Slice.of(value.copy());
            }

            @Override
            void put(Making k, byte[] to, int at, Slice<I> value) {
                if (value == null) {
                    throw Check.Null.because();
                }
                if (value.size() != count) {
                    throw new RefusedException("it has " + value.size() + " elements, not " + count);
                }
                System.arraycopy(elements(k, of.get(), value), 0, to, at, (int) size);
            }

            @Override
            void drop(Place at) {
                dropElements(at.core, of.get(), at.addr, count, 0);
            }
        }

        @FunctionalInterface
        private interface Put<I> {
            void put(Making k, byte[] to, int at, I value);
        }

        // A type that lies in memory, by the view of it.
        private static final class PlaceOf<O, I> extends Codec<O, I> {
            private final java.util.function.Function<Held, O> wrap;
            private final java.util.function.Function<O, I> again;
            private final Put<I> put;
            private final Consumer<Place> drop;

            PlaceOf(String text, long size, int align, java.util.function.Function<Held, O> wrap,
                java.util.function.Function<O, I> again, Put<I> put, Consumer<Place> drop) {
                super(text, size, align, 0, false, drop != null);
                this.wrap = wrap;
                this.again = again;
                this.put = put;
                this.drop = drop;
            }

            @Override
            O load(Place at) {
                at.check(size, align);
                return wrap.apply(new Held(at, null));
            }

            @Override
            I again(O value) {
                return again.apply(value);
            }

            @Override
            void put(Making k, byte[] to, int at, I value) {
                if (value == null) {
                    throw Check.Null.because();
                }
                put.put(k, to, at, value);
            }

            @Override
            void drop(Place at) {
                if (drop != null) {
                    drop.accept(at);
                }
            }
        }

        // Puts a part of a value, and says which.
        private static <I> void part(String name, Codec<?, I> of, Making k, byte[] to, int at, I value) {
            try {
                of.put(k, to, at, value);
            } catch (AbiException exception) {
                throw exception.within(name);
            }
        }

        // ---- Functions by index

        private static final class Index {
            private final Core core;
            private final long index;
            private final Function function;

            Index(Core core, long index, Function function) {
                this.core = core;
                this.index = index;
                this.function = function;
            }
        }

        private abstract static class Sig {
            final Index lmIndex;

            Sig(Index index) {
                lmIndex = index;
            }
        }

        private static final class SigOf<F extends Sig> extends Word<F, F> {
            private final boolean maybe;
            private final byte[] parameters;
            private final byte[] results;
            private final java.util.function.Function<Index, F> wrap;

            SigOf(String text, boolean maybe, byte[] parameters, byte[] results, java.util.function.Function<Index, F> wrap) {
                super(text, 4, 4, 1, false);
                this.maybe = maybe;
                this.parameters = parameters;
                this.results = results;
                this.wrap = wrap;
            }

            @Override
            F again(F value) {
                return value;
            }

            @Override
            F lift(Lifting in, long a, long b) {
                final long index = a & MASK;
                if (index == 0 && maybe) {
                    return null;
                }
                if (index == 0) {
                    throw Check.Null.because();
                }
                final Function found;
                try {
                    found = in.place.core.engine.function((int) index, parameters.clone(), results.clone());
                } catch (RuntimeException exception) {
                    throw new RefusedException("function " + index + ": " + exception.getMessage());
                }
                if (found == null) {
                    throw Check.Invalid.because();
                }
                return wrap.apply(new Index(in.place.core, index, found));
            }

            @Override
            long[] lower(Making k, F value) {
                if (value == null) {
                    if (maybe) {
                        return new long[2];
                    }
                    throw Check.Null.because();
                }
                if (value.lmIndex.core != k.core) {
                    throw new RefusedException("it is of another instance");
                }
                return new long[] {value.lmIndex.index, 0};
            }
        }

        // ---- Calls

        private record Span(long start, long end, boolean write, Hold hold) {}

        // Blocks and owners that become something, or nothing.
        private static class Making {
            final Core core;
            // All blocks, to be freed if it comes to nothing.
            final List<Runnable> made = new ArrayList<>();
            // What is freed after the call.
            final List<Runnable> lent = new ArrayList<>();
            // Borrowed data inside of what is handed over, which lasts as long as that.
            final List<Runnable> kept = new ArrayList<>();
            boolean keeping;
            final List<View> taken = new ArrayList<>();
            // Copies back what the call wrote.
            final List<Runnable> back = new ArrayList<>();
            final List<Span> spans = new ArrayList<>();

            Making(Core core) {
                this.core = core;
            }

            // No byte is lent twice to a call that writes to it.
            void lend(View view, long addr, long size, boolean write) {
                final Span next = new Span(addr, addr + size, write, view.lmPlace.hold);
                for (Span old : spans) {
                    if ((old.write || write) && old.start < next.end && next.start < old.end) {
                        throw new RefusedException("it is lent twice, and written to");
                    }
                }
                spans.add(next);
            }

            long block(byte[] content, int align) {
                final long addr = core.alloc(content.length, align);
                if (content.length != 0) {
                    made.add(() -> core.free(addr, content.length, align));
                    core.engine.write(addr, content);
                }
                return addr;
            }

            long text(byte[] content, boolean own) {
                final long addr = block(content, 1);
                if (!own) {
                    borrowed(() -> core.free(addr, content.length, 1));
                }
                return addr;
            }

            // Frees borrowed data when its time has come.
            void borrowed(Runnable free) {
                (keeping ? kept : lent).add(free);
            }

            void use(View view, boolean write) {
                view.lmPlace.alive();
                if (view.lmPlace.core != core) {
                    throw new RefusedException("it is of another instance");
                }
                if (view.lmClaimed) {
                    throw new RefusedException("it is handed over by the same call");
                }
                if (write && !view.lmPlace.write) {
                    throw new RefusedException("it is borrowed, and not to be written to");
                }
            }

            void take(View view) {
                use(view, false);
                if (view.lmFree == null) {
                    throw new RefusedException("it is borrowed, and not to be handed over");
                }
                view.lmClaimed = true;
                taken.add(view);
            }

            // It comes to nothing.
            void undo() {
                taken.forEach(view -> view.lmClaimed = false);
                for (int index = made.size() - 1; index >= 0 && core.trapped == null; index--) {
                    quietly(made.get(index));
                }
                made.clear();
                lent.clear();
                kept.clear();
                taken.clear();
            }

            // What was made belongs to something else from here on.
            List<Runnable> commit() {
                final List<Runnable> lasting = new ArrayList<>(kept);
                for (View view : taken) {
                    view.lmPlace.hold.ended = true;
                    view.lmClaimed = false;
                    view.lmPlace.hold.kept.forEach(kept -> lasting.addAll(kept.frees));
                }
                made.clear();
                kept.clear();
                taken.clear();
                return lasting;
            }
        }

        // The first failure is told; this is a later one.
        private static void quietly(Runnable free) {
            try {
                free.run();
            } catch (AbiException exception) {
                // Nothing is left to do.
            }
        }

        private static final class Out {
            private final long addr;
            private final Codec<?, ?> of;
            // What takes the value, and whether that owns the block.
            private final Codec<?, ?> taking;
            private final boolean owner;
            private boolean taken;

            Out(long addr, Codec<?, ?> of, Codec<?, ?> taking, boolean owner) {
                this.addr = addr;
                this.of = of;
                this.taking = taking;
                this.owner = owner;
            }
        }

        // A call while it is made.
        private static final class Call extends Making {
            private final String name;
            private final Function function;
            private final List<Long> arguments = new ArrayList<>();
            private final List<Out> outs = new ArrayList<>();
            // Frees what came, if the rest of it cannot be read.
            private final List<Runnable> received = new ArrayList<>();
            // Whether what was made is no more the host's to undo, and whether the call came back without a failure.
            private boolean committed;
            private boolean returned;
            private boolean ended;
            private long result;

            Call(Core core, String name, Function function) {
                super(core);
                this.name = name;
                this.function = function;
            }

            <I> void arg(Codec<?, I> of, String parameter, I value) {
                if (core.trapped != null) {
                    throw new TrapException("the instance trapped", core.trapped);
                }
                keeping = of.own;
                try {
                    final long[] words = of.lower(this, value);
                    for (int index = 0; index < of.words; index++) {
                        arguments.add(words[index]);
                    }
                } catch (AbiException exception) {
                    throw exception.within(parameter);
                }
            }

            void out(Codec<?, ?> of, Codec<?, ?> taking, boolean owner) {
                final long addr = core.alloc(of.size, of.align);
                outs.add(new Out(addr, of, taking, owner));
                arguments.add(addr);
            }

            // Calls. `status` makes an exception of one, if the result is a status.
            void call(int results, IntFunction<AbiException> status) {
                for (View view : taken) {
                    for (Span span : spans) {
                        if (span.hold == view.lmPlace.hold) {
                            throw new RefusedException("it is lent and handed over by the same call");
                        }
                    }
                }
                final long[] values = arguments.stream().mapToLong(Long::longValue).toArray();
                if (core.engine != null && core.trapped == null) {
                    core.lasting.keep(0, 0, commit());
                    committed = true;
                }
                core.calls.add(this);
                final long[] came;
                try {
                    came = core.run(() -> function == null ? core.engine.call(name, values) : function.call(values));
                } finally {
                    core.calls.remove(core.calls.size() - 1);
                }
                if (results > 0) {
                    if (came == null || came.length < results) {
                        throw new RefusedException("the engine returned no result");
                    }
                    result = came[0];
                }
                if (status != null && (int) result != 0) {
                    throw status.apply((int) result);
                }
                returned = true;
            }

            private Lifting lifting() {
                return new Lifting(new Place(core, core.lasting, 0, false), true, received);
            }

            <O> O result(Codec<O, ?> of) {
                try {
                    return of.lift(lifting(), result, 0);
                } catch (AbiException exception) {
                    throw exception.within("result");
                }
            }

            // What is behind an out pointer.
            <O> O take(int index, Codec<O, ?> of) {
                final Out out = outs.get(index);
                out.taken = true;
                try {
                    return lift(out, of);
                } catch (AbiException exception) {
                    throw exception.within("result");
                }
            }

            private <O> O lift(Out out, Codec<O, ?> of) {
                if (out.owner) {
                    return of.lift(lifting(), out.addr, 0);
                }
                final ByteBuffer b = core.bytes(out.addr, 1, out.of.size, out.of.align);
                return of.words == 2
                    ? of.lift(lifting(), b.getInt(0) & MASK, b.getInt(4) & MASK)
                    : of.lift(lifting(), raw(b, (int) out.of.size), 0);
            }

            private List<Runnable> frees() {
                final List<Runnable> frees = new ArrayList<>(lent);
                for (Out out : outs) {
                    if (!out.owner || !returned) {
                        frees.add(() -> core.free(out.addr, out.of.size, out.of.align));
                    }
                }
                lent.clear();
                return frees;
            }

            void end() {
                back.forEach(Runnable::run);
                ended = true;
                frees().forEach(Runnable::run);
            }

            // Leaves nothing behind.
            RuntimeException fail(RuntimeException exception) {
                if (!committed) {
                    undo();
                }
                if (returned) {
                    for (Out out : outs) {
                        if (!out.taken) {
                            quietly(() -> lift(out, out.taking));
                        }
                    }
                }
                if (core.trapped == null) {
                    if (!ended) {
                        frees().forEach(free -> quietly(free));
                    }
                    received.forEach(free -> quietly(free));
                }
                return exception instanceof AbiException known ? known.within(name) : exception;
            }
        }

        // A host function while it runs.
        private static final class Hosted extends Making {
            private final long[] stack;
            private final Hold hold = new Hold(false);
            private final List<Long> outs = new ArrayList<>();
            // What is written when all is known to be right.
            private final List<Runnable> writes = new ArrayList<>();
            private boolean status;
            private int at;
            // Frees what came, if an argument is refused, so that the user's function never sees it.
            private final List<Runnable> received = new ArrayList<>();
            private boolean refused;

            Hosted(Core core, long[] stack) {
                super(core);
                this.stack = stack;
            }

            <O> O in(Codec<O, ?> of, String name) {
                final long a = stack[at++];
                final long b = of.words == 2 ? stack[at++] : 0;
                try {
                    return of.lift(new Lifting(new Place(core, hold, 0, false), true, received), a, b);
                } catch (AbiException exception) {
                    refused = true;
                    throw exception.within(name);
                }
            }

            void out() {
                outs.add(stack[at++] & MASK);
            }

            <I> void result(Codec<?, I> of, I value) {
                keeping = of.own;
                final long a = of.lower(this, value)[0];
                writes.add(() -> stack[0] = a);
            }

            <I> void write(int index, Codec<?, I> of, I value) {
                keeping = of.drops;
                final byte[] content = new byte[(int) of.size];
                of.put(this, content, 0, value);
                core.check(outs.get(index), 1, of.size, of.align);
                writes.add(() -> core.engine.write(outs.get(index), content));
            }

            void end() {
                if (core.trapped != null) {
                    throw new TrapException("the instance trapped", core.trapped);
                }
                if (status) {
                    stack[0] = 0;
                }
                writes.forEach(Runnable::run);
                core.lasting.keep(0, 0, commit());
                // What is returned as borrowed lasts until the export that called has returned.
                if (core.calls.isEmpty()) {
                    core.lasting.keep(0, 0, lent);
                } else {
                    core.calls.get(core.calls.size() - 1).lent.addAll(lent);
                }
            }

            // Whether what failed became the status of the function.
            boolean failed(Exception exception) {
                undo();
                if (!status || core.trapped != null || !(exception instanceof AbiException known) || known.code() <= 0) {
                    return false;
                }
                if (refused) {
                    received.forEach(free -> quietly(free));
                }
                stack[0] = known.code() & MASK;
                return core.trapped == null;
            }

            RuntimeException fail(Exception exception) {
                return exception instanceof RuntimeException runtime ? runtime : new RuntimeException(exception);
            }
        }

        private static AbiException statusOf(int code, Status... own) {
            for (Status status : code > 0 && code <= 8 ? Check.values() : own) {
                if (status.code() == code) {
                    return new AbiException(status);
                }
            }
            return new AbiException(code, "", "status " + code, null);
        }

        // ---- Records

        private static String[] lines(String... parts) {
            final String all = String.join("", parts);
            return all.isEmpty() ? new String[0] : all.split("\n");
        }

        private static final String[] EXPORTS = lines(
                "abi_alloc\n"
                    + "abi_free\n"
                    + "abi_realloc\n"
                    + "apply\n"
                    + "average\n"
                    + "count\n"
                    + "create_point\n"
                    + "db_get\n"
                    + "db_set\n"
                    + "inverse_img\n"
                    + "log_loop\n"
                    + "longest\n"
                    + "mixed\n"
                    + "name_of\n"
                    + "open\n"
                    + "origin\n"
                    + "points_get\n"
                    + "points_new\n"
                    + "points_push\n"
                    + "simple_arr\n"
                    + "square_fn\n"
                    + "visit\n"
                    + "drop_db\n"
                    + "drop_point\n"
                    + "drop_points\n"
                    + "drop_texts\n");

        // The records that this file was made of.
        private static final String[] RECORDS = lines(
                "abi 1 wasm32\n"
                    + "role alloc abi_alloc\n"
                    + "role free abi_free\n"
                    + "role realloc abi_realloc\n"
                    + "union Bits 4 4 int:0:u32 float:0:f32 bytes:0:[4]u8\n"
                    + "enum Color u8 Red=0 Green=4 Blue=5\n"
                    + "opaque Db\n"
                    + "sig Done\n"
                    + "enum Fail status\n"
                    + "struct Nested 128 8 flag:0:bool inner:8:Scalars corners:72:[2]Point grid:96:[2][3]f32 type:120:Color\n"
                    + "struct Node 28 4 next:0:?^*Node up:4:?*Node down:8:?~*Node value:12:*i32 place:16:?~*Scalars apply:20:Op done:24:?Op\n"
                    + "sig Op i32 f64 -> i32\n"
                    + "struct Point 12 4 x:0:i32 y:4:i32 name:8:^cstr\n"
                    + "struct Runs 52 4 text:0:str label:8:?cstr numbers:12:[]i32 buffer:20:[+]Point own_text:32:^str own_label:40:?^cstr own_texts:44:^[]^str\n"
                    + "struct Scalars 64 8 a:0:bool b:1:i8 c:2:u8 d:4:i16 e:6:u16 f:8:i32 g:12:u32 h:16:i64 i:24:u64 j:32:f32 k:40:f64 l:48:char m:52:usize n:56:isize\n"
                    + "tagged Shape 16 8 u8 Circle=0:8:f64 Tinted=3:8:Color Scaled=4:8:Bits Nothing=5\n"
                    + "enum Sign i64 Minus=-1 Zero=0 Plus=1\n"
                    + "fn apply Op ?Done -> i32\n"
                    + "fn average []i32 >f64 -> Fail\n"
                    + "fn count str []str ~*[1]usize ~[]usize\n"
                    + "fn create_point i32 i32 str -> ?^*Point\n"
                    + "fn db_get *Db u32 >i32 -> status\n"
                    + "fn db_set ~*Db u32 i32 -> status\n"
                    + "fn inverse_img ~[]u8\n"
                    + "fn log_loop u32\n"
                    + "fn longest ^[]^str ^str >^str -> status\n"
                    + "fn mixed bool i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 char Color -> Sign\n"
                    + "fn name_of *Point >?cstr -> status\n"
                    + "fn open -> ?^*Db\n"
                    + "fn origin >Scalars -> status\n"
                    + "fn points_get *[+]Point usize -> ?*Point\n"
                    + "fn points_new -> ?^*[+]Point\n"
                    + "fn points_push ~*[+]Point i32 i32 str -> status\n"
                    + "fn simple_arr -> ^*[4]i32\n"
                    + "fn square_fn -> Op\n"
                    + "fn visit *[+]Point u32 -> f64\n"
                    + "import clock:v1 now -> f64\n"
                    + "import clock:v1 title str ~[]u8 -> bool\n"
                    + "import env log_nr u32\n"
                    + "import env on_point u32 *Point\n"
                    + "drop drop_db ^*Db\n"
                    + "drop drop_point ^*Point\n"
                    + "drop drop_points ^*[+]Point\n"
                    + "drop drop_texts ^[]^str\n");

        // Cases of statuses, of which there may be more.
        private static final String[] STATUSES = lines(
                "Fail Empty=16\n"
                    + "Fail TooMany=17\n");

        // How many words say which record one is, by its kind.
        private static final Map<String, Integer> KINDS = Map.ofEntries(
            Map.entry("abi", 1), Map.entry("role", 2), Map.entry("struct", 2), Map.entry("union", 2), Map.entry("tagged", 2),
            Map.entry("enum", 2), Map.entry("sig", 2), Map.entry("opaque", 2), Map.entry("fn", 2), Map.entry("import", 3),
            Map.entry("drop", 0), Map.entry("const", 0), Map.entry("doc", 0));

        private static String firstWords(String line, int count) {
            final String[] words = line.split(" ", -1);
            return count == 0 || words.length < count ? null : String.join(" ", Arrays.copyOf(words, count));
        }

        // Looks for the records that this file was made of, parameters without their names.
        private static void compareRecords(byte[] module) {
            final byte[] content = section(module);
            if (content.length > 4 << 20) {
                throw new RefusedException("the records are too long");
            }
            final Map<String, String> known = new HashMap<>();
            for (String record : RECORDS) {
                known.put(firstWords(record, KINDS.get(record.split(" ", 2)[0])), record);
            }
            final Set<String> found = new HashSet<>();
            for (String whole : utf8(content).split("\n", -1)) {
                final boolean must = whole.startsWith("!");
                final String line = must ? whole.substring(1) : whole;
                final String[] words = line.split(" ", -1);
                final Integer key = KINDS.get(words[0]);
                if (must && key == null) {
                    throw new RefusedException("a record that must be understood is not: " + words[0]);
                }
                if (words[0].equals("fn") || words[0].equals("sig") || words[0].equals("import")) {
                    for (int index = key; index < words.length && !words[index].equals("->"); index++) {
                        words[index] = words[index].substring(words[index].indexOf(':') + 1);
                    }
                }
                String record = String.join(" ", words);
                if (words[0].equals("enum") && words.length > 3 && words[2].equals("status")) {
                    for (int index = 3; index < words.length; index++) {
                        found.add("case " + words[1] + " " + words[index]);
                    }
                    record = "enum " + words[1] + " status";
                }
                found.add(record);
                final String same = key == null || key == 0 ? null : known.get(firstWords(line, key));
                if (same != null && !same.equals(record)) {
                    throw new RefusedException("the module says otherwise than these bindings: " + same);
                }
            }
            for (String record : RECORDS) {
                if (!found.contains(record)) {
                    throw new RefusedException("the module is another one: it has no record " + record);
                }
            }
            for (String status : STATUSES) {
                if (!found.contains("case " + status)) {
                    throw new RefusedException("the module is another one: it has no case " + status);
                }
            }
        }

        // The bytes of the sections of records; a sidecar is those bytes.
        private static byte[] section(byte[] module) {
            if (module.length < 4 || module[0] != 0 || module[1] != 'a' || module[2] != 's' || module[3] != 'm') {
                return module;
            }
            final ByteArrayOutputStream found = new ByteArrayOutputStream();
            try {
                final ByteBuffer rest = ByteBuffer.wrap(module, 8, module.length - 8);
                while (rest.hasRemaining()) {
                    final int id = rest.get();
                    final ByteBuffer body = part(rest);
                    if (id == 0 && StandardCharsets.UTF_8.decode(part(body)).toString().equals("linmem.abi")) {
                        found.write(module, body.arrayOffset() + body.position(), body.remaining());
                    }
                }
            } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException exception) {
                throw new RefusedException("the module cannot be read");
            }
            return found.toByteArray();
        }

        // As many bytes as a number before them says.
        private static ByteBuffer part(ByteBuffer from) {
            long size = 0;
            for (int shift = 0;; shift += 7) {
                final byte next = from.get();
                size |= (long) (next & 0x7f) << shift;
                if (next >= 0) {
                    break;
                }
                if (shift > 28) {
                    throw new IllegalArgumentException();
                }
            }
            if (size > from.remaining()) {
                throw new IllegalArgumentException();
            }
            final ByteBuffer part = from.slice(from.position(), (int) size);
            from.position(from.position() + (int) size);
            return part;
        }
    }

    private static final class Of {
        private Of() {}

        static final Lm.Codec<Elements<Long, Long>, Slice<Long>> lmARRAY1_USIZE = new Lm.ArrayOf<>("[1]usize", () -> Lm.USIZE, 1L, 4L, 4, false);
        static final Lm.Codec<Elements<Elements<Float, Float>, Slice<Float>>, Slice<Slice<Float>>> lmARRAY2_ARRAY3_F32 = new Lm.ArrayOf<>("[2][3]f32", () -> Of.lmARRAY3_F32, 2L, 24L, 4, false);
        static final Lm.Codec<Elements<Point, PointValue>, Slice<PointValue>> lmARRAY2_Point = new Lm.ArrayOf<>("[2]Point", () -> Of.lmPoint, 2L, 24L, 4, true);
        static final Lm.Codec<Elements<Float, Float>, Slice<Float>> lmARRAY3_F32 = new Lm.ArrayOf<>("[3]f32", () -> Lm.F32, 3L, 12L, 4, false);
        static final Lm.Codec<Elements<Integer, Integer>, Slice<Integer>> lmARRAY4_I32 = new Lm.ArrayOf<>("[4]i32", () -> Lm.I32, 4L, 16L, 4, false);
        static final Lm.Codec<Elements<Integer, Integer>, Slice<Integer>> lmARRAY4_U8 = new Lm.ArrayOf<>("[4]u8", () -> Lm.U8, 4L, 4L, 1, false);
        static final Lm.Codec<Elements<Point, PointValue>, Slice<PointValue>> lmBUFFER_Point = new Lm.BufferOf<>("[+]Point", () -> Of.lmPoint);
        static final Lm.Codec<Bits, BitsValue> lmBits = new Lm.PlaceOf<>("Bits", 4L, 4, Bits::new, Bits::copy, Bits::lmPut, null);
        static final Lm.Codec<Color, Color> lmColor = new Lm.Scalar<>("Color", 1, false, a -> Color.lmOf(a & 0xff), v -> v.lmValue & Lm.MASK);
        static final Lm.Codec<String, String> lmMAYBE_CSTR = new Lm.CText("?cstr", false, true, null);
        static final Lm.Codec<Done, Done> lmMAYBE_Done = new Lm.SigOf<>("?Done", true, new byte[] {}, new byte[] {}, Done::new);
        static final Lm.Codec<Node, Pointer<NodeValue>> lmMAYBE_MUT_PTR_Node = new Lm.PointerTo<>("?~*Node", () -> Of.lmNode, '~', true, null, Node::new);
        static final Lm.Codec<Scalars, Pointer<ScalarsValue>> lmMAYBE_MUT_PTR_Scalars = new Lm.PointerTo<>("?~*Scalars", () -> Of.lmScalars, '~', true, null, Scalars::new);
        static final Lm.Codec<String, String> lmMAYBE_OWN_CSTR = new Lm.CText("?^cstr", true, true, null);
        static final Lm.Codec<Ref<Elements<Point, PointValue>, Slice<PointValue>>, Pointer<Slice<PointValue>>> lmMAYBE_OWN_PTR_BUFFER_Point = new Lm.PointerTo<Ref<Elements<Point, PointValue>, Slice<PointValue>>, Elements<Point, PointValue>, Slice<PointValue>>("?^*[+]Point", () -> Of.lmBUFFER_Point, '^', true, "drop_points", held -> new Ref<>(held, Of.lmBUFFER_Point));
        static final Lm.Codec<Db, Db> lmMAYBE_OWN_PTR_Db = new Lm.OpaqueTo<>("?^*Db", '^', true, "drop_db", Db::new);
        static final Lm.Codec<Node, Pointer<NodeValue>> lmMAYBE_OWN_PTR_Node = new Lm.PointerTo<>("?^*Node", () -> Of.lmNode, '^', true, null, Node::new);
        static final Lm.Codec<Point, Pointer<PointValue>> lmMAYBE_OWN_PTR_Point = new Lm.PointerTo<>("?^*Point", () -> Of.lmPoint, '^', true, "drop_point", Point::new);
        static final Lm.Codec<Op, Op> lmMAYBE_Op = new Lm.SigOf<>("?Op", true, new byte[] {0x7f, 0x7c}, new byte[] {0x7f}, Op::new);
        static final Lm.Codec<Node, Pointer<NodeValue>> lmMAYBE_PTR_Node = new Lm.PointerTo<>("?*Node", () -> Of.lmNode, ' ', true, null, Node::new);
        static final Lm.Codec<Point, Pointer<PointValue>> lmMAYBE_PTR_Point = new Lm.PointerTo<>("?*Point", () -> Of.lmPoint, ' ', true, "drop_point", Point::new);
        static final Lm.Codec<Ref<Elements<Long, Long>, Slice<Long>>, Pointer<Slice<Long>>> lmMUT_PTR_ARRAY1_USIZE = new Lm.PointerTo<Ref<Elements<Long, Long>, Slice<Long>>, Elements<Long, Long>, Slice<Long>>("~*[1]usize", () -> Of.lmARRAY1_USIZE, '~', false, null, held -> new Ref<>(held, Of.lmARRAY1_USIZE));
        static final Lm.Codec<Ref<Elements<Point, PointValue>, Slice<PointValue>>, Pointer<Slice<PointValue>>> lmMUT_PTR_BUFFER_Point = new Lm.PointerTo<Ref<Elements<Point, PointValue>, Slice<PointValue>>, Elements<Point, PointValue>, Slice<PointValue>>("~*[+]Point", () -> Of.lmBUFFER_Point, '~', false, "drop_points", held -> new Ref<>(held, Of.lmBUFFER_Point));
        static final Lm.Codec<Db, Db> lmMUT_PTR_Db = new Lm.OpaqueTo<>("~*Db", '~', false, "drop_db", Db::new);
        static final Lm.Codec<Elements<Integer, Integer>, Run<Integer>> lmMUT_SLICE_U8 = new Lm.SliceOf<>("~[]u8", () -> Lm.U8, '~', null);
        static final Lm.Codec<Elements<Long, Long>, Run<Long>> lmMUT_SLICE_USIZE = new Lm.SliceOf<>("~[]usize", () -> Lm.USIZE, '~', null);
        static final Lm.Codec<Nested, NestedValue> lmNested = new Lm.PlaceOf<>("Nested", 128L, 8, Nested::new, Nested::copy, Nested::lmPut, Nested::lmDrop);
        static final Lm.Codec<Node, NodeValue> lmNode = new Lm.PlaceOf<>("Node", 28L, 4, Node::new, Node::copy, Node::lmPut, Node::lmDrop);
        static final Lm.Codec<String, String> lmOWN_CSTR = new Lm.CText("^cstr", true, false, null);
        static final Lm.Codec<Ref<Elements<Integer, Integer>, Slice<Integer>>, Pointer<Slice<Integer>>> lmOWN_PTR_ARRAY4_I32 = new Lm.PointerTo<Ref<Elements<Integer, Integer>, Slice<Integer>>, Elements<Integer, Integer>, Slice<Integer>>("^*[4]i32", () -> Of.lmARRAY4_I32, '^', false, null, held -> new Ref<>(held, Of.lmARRAY4_I32));
        static final Lm.Codec<Ref<Elements<Point, PointValue>, Slice<PointValue>>, Pointer<Slice<PointValue>>> lmOWN_PTR_BUFFER_Point = new Lm.PointerTo<Ref<Elements<Point, PointValue>, Slice<PointValue>>, Elements<Point, PointValue>, Slice<PointValue>>("^*[+]Point", () -> Of.lmBUFFER_Point, '^', false, "drop_points", held -> new Ref<>(held, Of.lmBUFFER_Point));
        static final Lm.Codec<Bits, Pointer<BitsValue>> lmOWN_PTR_Bits = new Lm.PointerTo<>("^*Bits", () -> Of.lmBits, '^', false, null, Bits::new);
        static final Lm.Codec<Db, Db> lmOWN_PTR_Db = new Lm.OpaqueTo<>("^*Db", '^', false, "drop_db", Db::new);
        static final Lm.Codec<Nested, Pointer<NestedValue>> lmOWN_PTR_Nested = new Lm.PointerTo<>("^*Nested", () -> Of.lmNested, '^', false, null, Nested::new);
        static final Lm.Codec<Node, Pointer<NodeValue>> lmOWN_PTR_Node = new Lm.PointerTo<>("^*Node", () -> Of.lmNode, '^', false, null, Node::new);
        static final Lm.Codec<Point, Pointer<PointValue>> lmOWN_PTR_Point = new Lm.PointerTo<>("^*Point", () -> Of.lmPoint, '^', false, "drop_point", Point::new);
        static final Lm.Codec<Runs, Pointer<RunsValue>> lmOWN_PTR_Runs = new Lm.PointerTo<>("^*Runs", () -> Of.lmRuns, '^', false, null, Runs::new);
        static final Lm.Codec<Scalars, Pointer<ScalarsValue>> lmOWN_PTR_Scalars = new Lm.PointerTo<>("^*Scalars", () -> Of.lmScalars, '^', false, null, Scalars::new);
        static final Lm.Codec<Shape, Pointer<ShapeValue>> lmOWN_PTR_Shape = new Lm.PointerTo<>("^*Shape", () -> Of.lmShape, '^', false, null, Shape::new);
        static final Lm.Codec<Elements<Integer, Integer>, Run<Integer>> lmOWN_SLICE_I32 = new Lm.SliceOf<>("^[]i32", () -> Lm.I32, '^', null);
        static final Lm.Codec<Elements<String, String>, Run<String>> lmOWN_SLICE_OWN_STR = new Lm.SliceOf<>("^[]^str", () -> Of.lmOWN_STR, '^', "drop_texts");
        static final Lm.Codec<Elements<String, String>, Run<String>> lmOWN_SLICE_STR = new Lm.SliceOf<>("^[]str", () -> Of.lmSTR, '^', null);
        static final Lm.Codec<Elements<Integer, Integer>, Run<Integer>> lmOWN_SLICE_U8 = new Lm.SliceOf<>("^[]u8", () -> Lm.U8, '^', null);
        static final Lm.Codec<Elements<Long, Long>, Run<Long>> lmOWN_SLICE_USIZE = new Lm.SliceOf<>("^[]usize", () -> Lm.USIZE, '^', null);
        static final Lm.Codec<String, String> lmOWN_STR = new Lm.Text("^str", true, null);
        static final Lm.Codec<Op, Op> lmOp = new Lm.SigOf<>("Op", false, new byte[] {0x7f, 0x7c}, new byte[] {0x7f}, Op::new);
        static final Lm.Codec<Ref<Elements<Point, PointValue>, Slice<PointValue>>, Pointer<Slice<PointValue>>> lmPTR_BUFFER_Point = new Lm.PointerTo<Ref<Elements<Point, PointValue>, Slice<PointValue>>, Elements<Point, PointValue>, Slice<PointValue>>("*[+]Point", () -> Of.lmBUFFER_Point, ' ', false, "drop_points", held -> new Ref<>(held, Of.lmBUFFER_Point));
        static final Lm.Codec<Db, Db> lmPTR_Db = new Lm.OpaqueTo<>("*Db", ' ', false, "drop_db", Db::new);
        static final Lm.Codec<Ref<Integer, Integer>, Pointer<Integer>> lmPTR_I32 = new Lm.PointerTo<Ref<Integer, Integer>, Integer, Integer>("*i32", () -> Lm.I32, ' ', false, null, held -> new Ref<>(held, Lm.I32));
        static final Lm.Codec<Point, Pointer<PointValue>> lmPTR_Point = new Lm.PointerTo<>("*Point", () -> Of.lmPoint, ' ', false, "drop_point", Point::new);
        static final Lm.Codec<Point, PointValue> lmPoint = new Lm.PlaceOf<>("Point", 12L, 4, Point::new, Point::copy, Point::lmPut, Point::lmDrop);
        static final Lm.Codec<Runs, RunsValue> lmRuns = new Lm.PlaceOf<>("Runs", 52L, 4, Runs::new, Runs::copy, Runs::lmPut, Runs::lmDrop);
        static final Lm.Codec<Elements<Integer, Integer>, Run<Integer>> lmSLICE_I32 = new Lm.SliceOf<>("[]i32", () -> Lm.I32, ' ', null);
        static final Lm.Codec<Elements<String, String>, Run<String>> lmSLICE_STR = new Lm.SliceOf<>("[]str", () -> Of.lmSTR, ' ', null);
        static final Lm.Codec<String, String> lmSTR = new Lm.Text("str", false, null);
        static final Lm.Codec<Scalars, ScalarsValue> lmScalars = new Lm.PlaceOf<>("Scalars", 64L, 8, Scalars::new, Scalars::copy, Scalars::lmPut, null);
        static final Lm.Codec<Shape, ShapeValue> lmShape = new Lm.PlaceOf<>("Shape", 16L, 8, Shape::new, Shape::copy, Shape::lmPut, null);
        static final Lm.Codec<Sign, Sign> lmSign = new Lm.Scalar<>("Sign", 8, false, a -> Sign.lmOf(a), v -> v.lmValue & -1L);
    }
}
