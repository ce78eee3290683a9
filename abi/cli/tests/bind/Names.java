// Written by `linmem bind --lang java` from a module's records; not to be edited.

package names;

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
 * The module, by its own functions, over any {@link Engine}. For Java 17 and later; in a file Names.java.
 *
 * <p>Make one with its imports; define {@link #HOST_FUNCTIONS} in the engine, each by {@link #host} with its number;
 * instantiate the module, and {@link #bind} it. Every failure is an {@link AbiException}. An instance is for one thread at a
 * time.
 */
public final class Names {
    private final Lm.Core lm = new Lm.Core();
    private final Imports lmImports;

    /** Is bound to no instance yet. */
    public Names(Imports imports) {
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

    public static final double Infinity = Double.longBitsToDouble(0x7ff0000000000000L);

    public static final float NAN = Float.intBitsToFloat(0x7fc00000);

    public static final int NULL = 0;

    public static final String TEXT = "??/ \"quoted\" \\ \n*/ #define";

    /** What an engine defines for the module; their numbers are those for {@link #host}. */
    public static final List<HostFunction> HOST_FUNCTIONS = List.of(
        new HostFunction("a'b\\\\c:d/e", "hasOwnProperty", new byte[] {0x7f, 0x7f}, new byte[] {0x7f}),
        new HostFunction("env", "switch", new byte[] {0x7f, 0x7f, 0x7f, 0x7f}, new byte[] {0x7f}));

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
        /** `hasOwnProperty(new: str) -&gt; bool` */
        boolean aBCDEHasOwnProperty(String new_) throws Exception;

        /** `switch(of: ^str, user: u32, out: &gt;[2]bool) -&gt; status` */
        Slice<Boolean> envSwitch(String of, long user) throws Exception;

    }

    private void lmHost0(Lm.Hosted lmH) throws Exception {
        lmH.status = false;
        final String lmA0 = lmH.in(Of.lmSTR, "new");
        final boolean lmR = lmImports.aBCDEHasOwnProperty(lmA0);
        lmH.result(Lm.BOOL, lmR);
    }

    private void lmHost1(Lm.Hosted lmH) throws Exception {
        lmH.status = true;
        final String lmA0 = lmH.in(Of.lmOWN_STR, "of");
        final long lmA1 = lmH.in(Lm.U32, "user");
        lmH.out();
        final Slice<Boolean> lmR = lmImports.envSwitch(lmA0, lmA1);
        lmH.write(0, Of.lmARRAY2_BOOL, lmR);
    }

    /** `Color_is(x: &#42;Color_)` */
    public void colorIs(Pointer<ColorValue> x) {
        final Lm.Call lmC = new Lm.Call(lm, "Color_is", null);
        try {
            lmC.arg(Of.lmPTR_Color_, "x", x);
            lmC.call(0, null);
            lmC.end();
        } catch (RuntimeException lmE) {
            throw lmC.fail(lmE);
        }
    }

    /** `__proto__(int: &#42;int, of: [][2]u16) -&gt; ?&#42;int` */
    public Int proto(Pointer<IntValue> int_, Run<Slice<Integer>> of) {
        final Lm.Call lmC = new Lm.Call(lm, "__proto__", null);
        try {
            lmC.arg(Of.lmPTR_Int, "int", int_);
            lmC.arg(Of.lmSLICE_ARRAY2_U16, "of", of);
            lmC.call(1, null);
            final Int lmR0 = lmC.result(Of.lmMAYBE_PTR_Int);
            lmC.end();
            return lmR0;
        } catch (RuntimeException lmE) {
            throw lmC.fail(lmE);
        }
    }

    /** `int_read(result: u8, lm_args: u8, lm_0: u8, out: &gt;u8)` */
    public int intRead(int result, int lmArgs_, int lm0_) {
        final Lm.Call lmC = new Lm.Call(lm, "int_read", null);
        try {
            lmC.arg(Lm.U8, "result", result);
            lmC.arg(Lm.U8, "lm_args", lmArgs_);
            lmC.arg(Lm.U8, "lm_0", lm0_);
            lmC.out(Lm.U8, Lm.U8, false);
            lmC.call(0, null);
            final int lmR0 = lmC.take(0, Lm.U8);
            lmC.end();
            return lmR0;
        } catch (RuntimeException lmE) {
            throw lmC.fail(lmE);
        }
    }

    /**
     * `then(this: i32, guest: i32, values: []i32, values_len: u32) -&gt; bool`
     *
     * <p>&#42;//&#42;&#42;/
     * @param this_ line &#42;/ two
     */
    public boolean then(int this_, int guest, Run<Integer> values, long valuesLen) {
        final Lm.Call lmC = new Lm.Call(lm, "then", null);
        try {
            lmC.arg(Lm.I32, "this", this_);
            lmC.arg(Lm.I32, "guest", guest);
            lmC.arg(Of.lmSLICE_I32, "values", values);
            lmC.arg(Lm.U32, "values_len", valuesLen);
            lmC.call(1, null);
            final boolean lmR0 = lmC.result(Lm.BOOL);
            lmC.end();
            return lmR0;
        } catch (RuntimeException lmE) {
            throw lmC.fail(lmE);
        }
    }

    /** Makes a `^[][2]u16` in the guest's memory, which functions take without a copy. */
    public Elements<Elements<Integer, Integer>, Slice<Integer>> newSliceOfArray2U16(Slice<Slice<Integer>> values) {
        return Of.lmOWN_SLICE_ARRAY2_U16.fresh(lm, values);
    }

    /** Makes a `^[]i32` in the guest's memory, which functions take without a copy. */
    public Elements<Integer, Integer> newSliceOfI32(Slice<Integer> values) {
        return Of.lmOWN_SLICE_I32.fresh(lm, values);
    }

    /** `Array` of the module. */
    public static final class Array_ extends View implements Pointer<ArrayValue> {
        private Array_(Lm.Held held) {
            super(held);
        }

        /** Makes one in the guest's memory, which the host owns. */
        public static Array_ make(Names module, ArrayValue value) {
            return Of.lmOWN_PTR_Array_.fresh(module.lm, new Var<>(value));
        }

        /** Writes all of it. */
        public void set(ArrayValue value) {
            Of.lmArray_.write(lmPlace, value);
        }

        @Override
        public Pointee<ArrayValue> lmPointee() {
            return new Pointee<>(this, "Array", null);
        }

        /** Reads what is held, if the case is {@code if}. */
        public double if_() {
            if (tag() != ArrayTag.if_) {
                throw new RefusedException("it is another case");
            }
            return Lm.F64.read(lmAt(8L));
        }

        private static final Lm.Codec<ArrayTag, ArrayTag> LM_TAG =
            new Lm.Scalar<>("Array's tag", 8, false, a -> ArrayTag.lmOf(a), v -> v.lmValue & -1L);

        /** Reads which case it is. */
        public ArrayTag tag() {
            return LM_TAG.read(lmPlace);
        }

        /** Copies the case and what it holds. What that leads to is not copied. */
        public ArrayValue copy() {
            return switch (tag()) {
                case if_ -> new ArrayIf(Lm.F64.again(if_()));
                case else_ -> new ArrayElse();
            };
        }

        private static void lmPut(Lm.Making k, byte[] to, int at, ArrayValue value) {
            value.lmPut(k, to, at);
        }
    }

    /** What a {@link Array_} is made of: one of its cases. */
    public sealed interface ArrayValue extends Pointer<ArrayValue> permits ArrayIf, ArrayElse {
        /** For these bindings. */
        void lmPut(Lm.Making k, byte[] to, int at);

        @Override
        default Pointee<ArrayValue> lmPointee() {
            return new Pointee<>(null, "", new Var<>(this));
        }
    }

    /** The case `if: f64`. */
    public record ArrayIf(double value) implements ArrayValue {
        @Override
        public void lmPut(Lm.Making k, byte[] to, int at) {
            Lm.store(to, at, 8, -1L);
            Lm.F64.put(k, to, at + 8, value);
        }
    }

    /** The case `else`, which holds nothing. */
    public record ArrayElse() implements ArrayValue {
        @Override
        public void lmPut(Lm.Making k, byte[] to, int at) {
            Lm.store(to, at, 8, 0L);
        }
    }

    /** Which case it is. */
    public enum ArrayTag {
        if_(-1L),
        else_(0L);

        private static final Map<Long, ArrayTag> LM_VALUES = new HashMap<>();

        static {
            for (ArrayTag one : values()) {
                LM_VALUES.put(one.lmValue, one);
            }
        }

        private final long lmValue;

        ArrayTag(long value) {
            lmValue = value;
        }

        /** The number; of 64 bits without a sign, its bits. */
        public long value() {
            return lmValue;
        }

        private static ArrayTag lmOf(long value) {
            final ArrayTag found = LM_VALUES.get(value);
            if (found == null) {
                throw Check.Invalid.because();
            }
            return found;
        }
    }

    /** `Color` of the module. */
    public enum Color {
        Red(0L),
        new_(1L);

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

    /** `ColorInit` of the module. */
    public enum ColorInit {
        Most(-1L);

        private static final Map<Long, ColorInit> LM_VALUES = new HashMap<>();

        static {
            for (ColorInit one : values()) {
                LM_VALUES.put(one.lmValue, one);
            }
        }

        private final long lmValue;

        ColorInit(long value) {
            lmValue = value;
        }

        /** The number; of 64 bits without a sign, its bits. */
        public long value() {
            return lmValue;
        }

        private static ColorInit lmOf(long value) {
            final ColorInit found = LM_VALUES.get(value);
            if (found == null) {
                throw Check.Invalid.because();
            }
            return found;
        }
    }

    /** `Color_` of the module. */
    public static final class Color_ extends View implements Pointer<ColorValue> {
        private Color_(Lm.Held held) {
            super(held);
        }

        /** Makes one in the guest's memory, which the host owns. */
        public static Color_ make(Names module, ColorValue value) {
            return Of.lmOWN_PTR_Color_.fresh(module.lm, new Var<>(value));
        }

        /** Writes all of it. */
        public void set(ColorValue value) {
            Of.lmColor_.write(lmPlace, value);
        }

        @Override
        public Pointee<ColorValue> lmPointee() {
            return new Pointee<>(this, "Color_", null);
        }

        /** Reads `x: u32`. */
        public long x() {
            return Lm.U32.read(lmAt(0L));
        }

        /** Writes `x`. */
        public void setX(long value) {
            Lm.U32.write(lmAt(0L), value);
        }

        /** Copies all fields. What they lead to is not copied. */
        public ColorValue copy() {
            return new ColorValue(
                Lm.U32.again(x()));
        }

        private static void lmPut(Lm.Making lmK, byte[] lmTo, int lmAt, ColorValue lmV) {
            Lm.part("Color_.x", Lm.U32, lmK, lmTo, lmAt + 0, lmV.x());
        }
    }

    /** What a {@link Color_} is made of. */
    public record ColorValue(long x) implements Pointer<ColorValue> {
        @Override
        public Pointee<ColorValue> lmPointee() {
            return new Pointee<>(null, "", new Var<>(this));
        }
    }

    /** `Least` of the module. */
    public enum Least {
        This(-9223372036854775808L);

        private static final Map<Long, Least> LM_VALUES = new HashMap<>();

        static {
            for (Least one : values()) {
                LM_VALUES.put(one.lmValue, one);
            }
        }

        private final long lmValue;

        Least(long value) {
            lmValue = value;
        }

        /** The number; of 64 bits without a sign, its bits. */
        public long value() {
            return lmValue;
        }

        private static Least lmOf(long value) {
            final Least found = LM_VALUES.get(value);
            if (found == null) {
                throw Check.Invalid.because();
            }
            return found;
        }
    }

    /** `List` of the module. */
    public static final class List_ extends View implements Pointer<ListValue> {
        private List_(Lm.Held held) {
            super(held);
        }

        /** Makes one in the guest's memory, which the host owns. */
        public static List_ make(Names module, ListValue value) {
            return Of.lmOWN_PTR_List_.fresh(module.lm, new Var<>(value));
        }

        /** Writes all of it. */
        public void set(ListValue value) {
            Of.lmList_.write(lmPlace, value);
        }

        @Override
        public Pointee<ListValue> lmPointee() {
            return new Pointee<>(this, "List", null);
        }

        /** Reads `assign: u32`. */
        public long assign() {
            return Lm.U32.read(lmAt(0L));
        }

        /** Writes `assign`. */
        public void setAssign(long value) {
            Lm.U32.write(lmAt(0L), value);
        }

        /** Copies all fields. What they lead to is not copied. */
        public ListValue copy() {
            return new ListValue(
                Lm.U32.again(assign()));
        }

        private static void lmPut(Lm.Making lmK, byte[] lmTo, int lmAt, ListValue lmV) {
            Lm.part("List.assign", Lm.U32, lmK, lmTo, lmAt + 0, lmV.assign());
        }
    }

    /** What a {@link List_} is made of. */
    public record ListValue(long assign) implements Pointer<ListValue> {
        @Override
        public Pointee<ListValue> lmPointee() {
            return new Pointee<>(null, "", new Var<>(this));
        }
    }

    /**
     * Ends &#42;/ here, and /&#42; begins; ??/
     * &#64;param &#92;
     */
    public static final class Int extends View implements Pointer<IntValue> {
        private Int(Lm.Held held) {
            super(held);
        }

        /** Makes one in the guest's memory, which the host owns. */
        public static Int make(Names module, IntValue value) {
            return Of.lmOWN_PTR_Int.fresh(module.lm, new Var<>(value));
        }

        /** Writes all of it. */
        public void set(IntValue value) {
            Of.lmInt.write(lmPlace, value);
        }

        @Override
        public Pointee<IntValue> lmPointee() {
            return new Pointee<>(this, "int", null);
        }

        /**
         * Reads `default: i32`.
         *
         * <p>&#42;/ int x; /&#42;
         */
        public int default_() {
            return Lm.I32.read(lmAt(0L));
        }

        /** Writes `default`. */
        public void setDefault_(int value) {
            Lm.I32.write(lmAt(0L), value);
        }

        /** Reads `class: f32`. */
        public float class_() {
            return Lm.F32.read(lmAt(4L));
        }

        /** Writes `class`. */
        public void setClass_(float value) {
            Lm.F32.write(lmAt(4L), value);
        }

        /** Copies all fields. What they lead to is not copied. */
        public IntValue copy() {
            return new IntValue(
                Lm.I32.again(default_()),
                Lm.F32.again(class_()));
        }

        private static void lmPut(Lm.Making lmK, byte[] lmTo, int lmAt, IntValue lmV) {
            Lm.part("int.default", Lm.I32, lmK, lmTo, lmAt + 0, lmV.default_());
            Lm.part("int.class", Lm.F32, lmK, lmTo, lmAt + 4, lmV.class_());
        }
    }

    /** What a {@link Int} is made of. */
    public record IntValue(int default_, float class_) implements Pointer<IntValue> {
        @Override
        public Pointee<IntValue> lmPointee() {
            return new Pointee<>(null, "", new Var<>(this));
        }
    }

    /** `number` of the module. */
    public static final class Number_ extends View implements Pointer<NumberValue> {
        private Number_(Lm.Held held) {
            super(held);
        }

        /** Makes one in the guest's memory, which the host owns. */
        public static Number_ make(Names module, NumberValue value) {
            return Of.lmOWN_PTR_Number_.fresh(module.lm, new Var<>(value));
        }

        /** Writes all of it. */
        public void set(NumberValue value) {
            Of.lmNumber_.write(lmPlace, value);
        }

        @Override
        public Pointee<NumberValue> lmPointee() {
            return new Pointee<>(this, "number", null);
        }

        /** Reads `delete: u8`. */
        public int delete() {
            return Lm.U8.read(lmAt(0L));
        }

        /** Writes `delete`. */
        public void setDelete(int value) {
            Lm.U8.write(lmAt(0L), value);
        }

        /** Reads `free: i64`. */
        public long free() {
            return Lm.I64.read(lmAt(8L));
        }

        /** Writes `free`. */
        public void setFree(long value) {
            Lm.I64.write(lmAt(8L), value);
        }

        /** Copies all fields. What they lead to is not copied. */
        public NumberValue copy() {
            return new NumberValue(
                Lm.U8.again(delete()),
                Lm.I64.again(free()));
        }

        private static void lmPut(Lm.Making lmK, byte[] lmTo, int lmAt, NumberValue lmV) {
            Lm.part("number.delete", Lm.U8, lmK, lmTo, lmAt + 0, lmV.delete());
            Lm.part("number.free", Lm.I64, lmK, lmTo, lmAt + 8, lmV.free());
        }
    }

    /** What a {@link Number_} is made of. */
    public record NumberValue(int delete, long free) implements Pointer<NumberValue> {
        @Override
        public Pointee<NumberValue> lmPointee() {
            return new Pointee<>(null, "", new Var<>(this));
        }
    }

    /** `then_` of the module. */
    public static final class Then extends Lm.Sig {
        private Then(Lm.Index index) {
            super(index);
        }

        /** `then_(await: i32) -&gt; bool` */
        public boolean call(int await) {
            final Lm.Call lmC = new Lm.Call(lmIndex.core, "then_", lmIndex.function);
            try {
                lmC.arg(Lm.I32, "await", await);
                lmC.call(1, null);
                final boolean lmR0 = lmC.result(Lm.BOOL);
                lmC.end();
                return lmR0;
            } catch (RuntimeException lmE) {
                throw lmC.fail(lmE);
            }
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
                "alloc\n"
                    + "free\n"
                    + "realloc\n"
                    + "Color_is\n"
                    + "__proto__\n"
                    + "int_read\n"
                    + "then\n");

        // The records that this file was made of.
        private static final String[] RECORDS = lines(
                "abi 1 wasm32\n"
                    + "tagged Array 16 8 i64 if=-1:8:f64 else=0\n"
                    + "enum Color u8 Red=0 new=1\n"
                    + "enum ColorInit u64 Most=18446744073709551615\n"
                    + "struct Color_ 4 4 x:0:u32\n"
                    + "enum Least i64 This=-9223372036854775808\n"
                    + "struct List 4 4 assign:0:u32\n"
                    + "struct int 8 4 default:0:i32 class:4:f32\n"
                    + "struct number 16 8 delete:0:u8 free:8:i64\n"
                    + "sig then_ i32 -> bool\n"
                    + "fn Color_is *Color_\n"
                    + "fn __proto__ *int [][2]u16 -> ?*int\n"
                    + "fn int_read u8 u8 u8 >u8\n"
                    + "fn then i32 i32 []i32 u32 -> bool\n"
                    + "import a'b\\\\c:d/e hasOwnProperty str -> bool\n"
                    + "import env switch ^str u32 >[2]bool -> status\n");

        // Cases of statuses, of which there may be more.
        private static final String[] STATUSES = lines(
                "");

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

        static final Lm.Codec<Elements<Boolean, Boolean>, Slice<Boolean>> lmARRAY2_BOOL = new Lm.ArrayOf<>("[2]bool", () -> Lm.BOOL, 2L, 2L, 1, false);
        static final Lm.Codec<Elements<Integer, Integer>, Slice<Integer>> lmARRAY2_U16 = new Lm.ArrayOf<>("[2]u16", () -> Lm.U16, 2L, 4L, 2, false);
        static final Lm.Codec<Array_, ArrayValue> lmArray_ = new Lm.PlaceOf<>("Array", 16L, 8, Array_::new, Array_::copy, Array_::lmPut, null);
        static final Lm.Codec<Color_, ColorValue> lmColor_ = new Lm.PlaceOf<>("Color_", 4L, 4, Color_::new, Color_::copy, Color_::lmPut, null);
        static final Lm.Codec<Int, IntValue> lmInt = new Lm.PlaceOf<>("int", 8L, 4, Int::new, Int::copy, Int::lmPut, null);
        static final Lm.Codec<List_, ListValue> lmList_ = new Lm.PlaceOf<>("List", 4L, 4, List_::new, List_::copy, List_::lmPut, null);
        static final Lm.Codec<Int, Pointer<IntValue>> lmMAYBE_PTR_Int = new Lm.PointerTo<>("?*int", () -> Of.lmInt, ' ', true, null, Int::new);
        static final Lm.Codec<Number_, NumberValue> lmNumber_ = new Lm.PlaceOf<>("number", 16L, 8, Number_::new, Number_::copy, Number_::lmPut, null);
        static final Lm.Codec<Array_, Pointer<ArrayValue>> lmOWN_PTR_Array_ = new Lm.PointerTo<>("^*Array", () -> Of.lmArray_, '^', false, null, Array_::new);
        static final Lm.Codec<Color_, Pointer<ColorValue>> lmOWN_PTR_Color_ = new Lm.PointerTo<>("^*Color_", () -> Of.lmColor_, '^', false, null, Color_::new);
        static final Lm.Codec<Int, Pointer<IntValue>> lmOWN_PTR_Int = new Lm.PointerTo<>("^*int", () -> Of.lmInt, '^', false, null, Int::new);
        static final Lm.Codec<List_, Pointer<ListValue>> lmOWN_PTR_List_ = new Lm.PointerTo<>("^*List", () -> Of.lmList_, '^', false, null, List_::new);
        static final Lm.Codec<Number_, Pointer<NumberValue>> lmOWN_PTR_Number_ = new Lm.PointerTo<>("^*number", () -> Of.lmNumber_, '^', false, null, Number_::new);
        static final Lm.Codec<Elements<Elements<Integer, Integer>, Slice<Integer>>, Run<Slice<Integer>>> lmOWN_SLICE_ARRAY2_U16 = new Lm.SliceOf<>("^[][2]u16", () -> Of.lmARRAY2_U16, '^', null);
        static final Lm.Codec<Elements<Integer, Integer>, Run<Integer>> lmOWN_SLICE_I32 = new Lm.SliceOf<>("^[]i32", () -> Lm.I32, '^', null);
        static final Lm.Codec<String, String> lmOWN_STR = new Lm.Text("^str", true, null);
        static final Lm.Codec<Color_, Pointer<ColorValue>> lmPTR_Color_ = new Lm.PointerTo<>("*Color_", () -> Of.lmColor_, ' ', false, null, Color_::new);
        static final Lm.Codec<Int, Pointer<IntValue>> lmPTR_Int = new Lm.PointerTo<>("*int", () -> Of.lmInt, ' ', false, null, Int::new);
        static final Lm.Codec<Elements<Elements<Integer, Integer>, Slice<Integer>>, Run<Slice<Integer>>> lmSLICE_ARRAY2_U16 = new Lm.SliceOf<>("[][2]u16", () -> Of.lmARRAY2_U16, ' ', null);
        static final Lm.Codec<Elements<Integer, Integer>, Run<Integer>> lmSLICE_I32 = new Lm.SliceOf<>("[]i32", () -> Lm.I32, ' ', null);
        static final Lm.Codec<String, String> lmSTR = new Lm.Text("str", false, null);
    }
}
