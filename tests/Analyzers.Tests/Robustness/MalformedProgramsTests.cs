using System.Threading.Tasks;

namespace AnalyzerTests.Robustness;

/// <summary>Programs that the compiler refuses, or that nobody should write: the analyzer does not throw.</summary>
public sealed class MalformedProgramsTests
{
    /// <summary>The programs.</summary>
    public static TheoryData<string> Programs =>
    [
        "class A : A { [MustHold(\"this\")] void M() => M(); }",
        "class A : B { [MustHold(\"Gate\")] public override void M() { } } class B : A { public readonly object Gate; }",
        "interface I : I { [MustHold(\"this\")] void M(); } class C : I { public void M() { } }",
        "struct S { S _s; [GuardedBy(\"_s._s._s\")] int _value; int Get() => _value; }",
        "class C { [GuardedBy(\"_a\")] object _a; [GuardedBy(\"_b\")] object _c; [GuardedBy(\"_c\")] object _b; void M() { lock (_a) _b = _c; } }",
        "class C { object _a = new(); object _a = new(); [GuardedBy(\"_a\")] int _v; void M() { lock (_a) _v = 1; } void M() { } }",
        "class C { [MustHold(\"M\")] void M() { M(); } [MustHold(\"P\")] int P => P; }",
        "class C { [LockAlias(\"P\")] public LockName P => P; [MustHold(\"P\")] void M() { } }",
        "class C { [LockAlias(\"Other.P\")] public LockName P => default; public readonly C Other; [MustHold(\"P\")] void M() => M(); }",
        "class C { [MustHold(null)] void M() { } [GuardedBy(null)] int _a; [GuardedBy(\"x\", null)] int _b; [GuardedBy] int _c; int N() => _a + _b + _c; }",
        "class C { [MustHold(1)] void M() { } [Lock] int _a; [Lock((LockKind)99)] int _b; [GuardedBy(nameof(_b))] int _c; void N() => _c++; }",
        "class C { [MustHold(\"x.Gate\")] void M(Missing x) { lock (x) x.Gate.Enter(); Missing.Call(x, out var y); y.Exit(); } }",
        "class C { void M() { lock () { } lock (this) goto nowhere; Monitor.Enter(); Monitor.Exit(this, 1, 2); } }",
        "class C { int M() { lock (this) { while (true) { if (M() > 0) break; continue; } } } }",
        "class C { void M() { foreach (var x in ) lock (x) { } switch () { case: break; } try { } using (;) } }",
        "class C { [MustHold(\"a\")] C(object a) : this(a) { lock (a) { } } [MustHold(\"this\")] ~C() { } [MustHold(\"this\")] static C() { } }",
        "class C<T> where T : C<T> { [GuardedBy(\"this\")] T _t; void M() { lock (_t._t._t) _t._t = _t; } }",
        "[MustHold(\"this\")] delegate void D(); class C { D _d = () => { }; void M() { _d += M; _d?.Invoke(); D d = d => { }; } }",
        "[Loop] class LoopAttribute : ContractGroupAttribute { } class C { [Loop] void M() => M(); }",
        "[A] class B : ContractGroupAttribute { } [B] class A : ContractGroupAttribute { } class C { [A, B] void M() => M(); }",
        "[assembly: LockOrder] [assembly: LockOrder(\"\")] [assembly: LockOrder(\"A\", \"A\")] [assembly: LockNesting(\"\", (Nesting)9, \"\")] class A { }",
        "record R([GuardedBy(\"this\")] int X) { [MustHold(\"this\")] public R With() => this with { X = X + 1 }; }",
        "class C { [ReleasedWith(\"Other\", (LockMode)7)] public object Lock = new(); [ProofOf(\"C.Lock\")] public LockName Proof; void M() { lock (Lock) { } } }",
        "enum E { A = B, B = A } class C { [MustHold(\"this\", When = \"e == E.A\")] void M(E e) => M(E.B); }",
        "const int X = Y; const int Y = X; lock (new object()) { int X() => X(); X(); }",
        "class C { unsafe void M(int* p) { lock (*p) { fixed (int* q = p) { } } delegate*<void> f = &N; f(); } static void N() { } }",
        "class C { [GuardedBy(\"_d\")] int[] _v; object _d; void M(ref int x) { lock (_d) { M(ref _v[]); M(ref this._v[); _v[] = _v[,]; _v[]++; _v[].ToString(); } } }",
        "class C { dynamic _d; [GuardedBy(\"_d\")] int _v; void M() { lock (_d) { _v = _d.Enter(_v); _d.X[_v].Exit(); } } }",
        "class C { void M() { var (a, (b, c)) = (1, (2, this)); lock (c) (a, b) = (b, a); _ = a is var x && x is > 1 or < 0 and not 5; } }",
        "class C { async void M() { await foreach (var x in M()) lock (await x) yield return await x; } }",
    ];

    [Theory]
    [MemberData(nameof(Programs))]
    public Task IsSurvived(string program) => Verify.Survives(program);
}
