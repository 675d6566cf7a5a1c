using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>Lambdas, local functions and method groups.</summary>
public sealed class Delegates : ThemeTests
{
    [Fact]
    public Task LambdaStartsWithWhatItsDelegateTypePromises_IsSilent() => Silent("""
        [MustHold("node.Gate")] public delegate void Visit(Node node);
        public static extern void ForEach(Visit visit);
        public static void Run() => ForEach(node => node.Value++);
        """);

    [Fact]
    public Task LambdaUsesWhatItsDelegateTypeDoesNotPromise_Flags() => Flags("""
        public delegate void Visit(Node node);
        public static extern void ForEach(Visit visit);
        public static void Run() => ForEach(node => node.Value++); // MML1009
        """);

    [Fact]
    public Task LambdaOfAPlainDelegateHasNoLocks_Flags() => Flags("""
        public static extern void Later(Action action);
        [MustHold("_gate")] public void Run() => Later(() => _count++); // MML1009
        """);

    [Fact]
    public Task LambdaThatTakesItsOwnLock_IsSilent() => Silent("""
        public static extern void Later(Action action);
        public void Run() => Later(() => { _gate.Enter(); _count++; _gate.Exit(); });
        """);

    [Fact]
    public Task LambdaThatLeaks_Flags() => Flags("""
        public static extern void Later(Action action);
        public void Run() => Later(() =>
        {
            _gate.Enter();
            _count++;
        }); // MML1006
        """);

    [Fact]
    public Task LambdaReturnsWhileHeld_Flags() => Flags("""
        public static extern void Later(Func<int> function);
        public void Run() => Later(() =>
        {
            _gate.Enter();
            return _count; // MML1006
        });
        """);

    [Fact]
    public Task AnonymousMethodHasNoLocks_Flags() => Flags("""
        public static extern void Later(Action action);
        [MustHold("_gate")] public void Run() => Later(delegate { _count++; }); // MML1009
        """);

    [Fact]
    public Task MethodGroupThatNeedsALock_Flags() => Flags("""
        public static extern void Later(Action action);
        [MustHold("_gate")] public extern void Flush();
        [MustHold("_gate")] public void Run() => Later(Flush); // MML0004
        """);

    [Fact]
    public Task MethodGroupThatFits_IsSilent() => Silent("""
        [MustHold("node.Gate")] public delegate void Visit(Node node);
        [MustHold("node.Gate")] public static extern void Grow(Node node);
        public static readonly Visit s_visit = Grow;
        """);

    [Fact]
    public Task MethodGroupThatReleases_Flags() => Flags("""
        [MustHold("node.Gate")] public delegate void Visit(Node node);
        [Releases("node.Gate")] public static extern void Finish(Node node);
        public static readonly Visit s_visit = Finish; // MML0004
        """);

    [Fact]
    public Task MethodGroupWithRenamedParameter_IsSilent() => Silent("""
        [MustHold("node.Gate")] public delegate void Visit(Node node);
        [MustHold("item.Gate")] public static extern void Grow(Node item);
        public static readonly Visit s_visit = Grow;
        """);

    [Fact]
    public Task MethodGroupThatNeedsAnotherParametersLock_Flags() => Flags("""
        [MustHold("left.Gate")] public delegate void Pair(Node left, Node right);
        [MustHold("second.Gate")] public static extern void Link(Node first, Node second);
        public static readonly Pair s_pair = Link; // MML0004
        """);

    [Fact]
    public Task MethodGroupThatSleeps_Flags() => Flags("""
        public delegate void Quick();
        public static extern void Later(Quick action);
        [MaySleep] public extern void Rest();
        public void Run() => Later(Rest); // MML0004
        """);

    [Fact]
    public Task MethodGroupThatSleepsForTheFramework_IsSilent() => Silent("""
        public static extern void Later(Action action);
        [MaySleep] public extern void Rest();
        public void Run() => Later(Rest);
        """);

    [Fact]
    public Task InvokedWithTheLock_IsSilent() => Silent("""
        [MustHold("node.Gate")] public delegate void Visit(Node node);
        public static void Run(Visit visit, Node node) { node.Gate.Enter(); visit(node); node.Gate.Exit(); }
        """);

    [Fact]
    public Task InvokedWithoutTheLock_Flags() => Flags("""
        [MustHold("node.Gate")] public delegate void Visit(Node node);
        public static void Run(Visit visit, Node node) => visit(node); // MML1001
        """);

    [Fact]
    public Task InvokedByInvokeWithoutTheLock_Flags() => Flags("""
        [MustHold("node.Gate")] public delegate void Visit(Node node);
        public static void Run(Visit visit, Node node) => visit.Invoke(node); // MML1001
        """);

    [Fact]
    public Task ParameterWithAContractOfItsOwn_Flags() => Flags("""
        public void Run([MustHold("_gate")] Action action)
        {
            action(); // MML1001
        }
        """);

    [Fact]
    public Task ParameterWithAContractOfItsOwnInvoked_IsSilent() => Silent("""
        public void Run([MustHold("_gate")] Action action) { _gate.Enter(); action(); _gate.Exit(); }
        """);

    [Fact]
    public Task LambdaForAParameterWithAContract_IsSilent() => Silent("""
        public extern void Under([MustHold("_gate")] Action action);
        public void Run() => Under(() => _count++);
        """);

    [Fact]
    public Task LocalFunctionWithANeedMet_IsSilent() => Silent("""
        public void Run()
        {
            _gate.Enter();
            Bump();
            _gate.Exit();
            [MustHold("_gate")] void Bump() => _count++;
        }
        """);

    [Fact]
    public Task LocalFunctionWithANeedNotMet_Flags() => Flags("""
        public void Run()
        {
            Bump(); // MML1001
            [MustHold("_gate")] void Bump() => _count++;
        }
        """);

    [Fact]
    public Task LocalFunctionThatAcquires_IsSilent() => Silent("""
        public void Run()
        {
            Begin();
            _count++;
            _gate.Exit();
            [Acquires("_gate")] void Begin() => _gate.Enter();
        }
        """);

    [Fact]
    public Task LocalFunctionThatLeaks_Flags() => Flags("""
        public void Run()
        {
            Begin();
            [MustNotHold("_gate")] void Begin()
            {
                _gate.Enter();
            } // MML1006
        }
        """);

    [Fact]
    public Task ThreadStartsWithoutLocks_Flags() => Flags("""
        public void Run()
        {
            _gate.Enter();
            new Thread(() => _count++).Start(); // MML1009
            _gate.Exit();
        }
        """);

    [Fact]
    public Task TaskStartsWithoutLocks_Flags() => Flags("""
        [MustHold("_gate")] public void Run() => Task.Run(() => _count++); // MML1009
        """);

    [Fact]
    public Task TimerCallbackStartsWithoutLocks_Flags() => Flags("""
        [MustHold("_gate")] public Timer Start() => new(_ => _count++); // MML1009
        """);

    [Fact]
    public Task ConversionBetweenDelegateTypes_Flags() => Flags("""
        [MustHold("node.Gate")] public delegate void Visit(Node node);
        public static Action<Node> Weaken(Visit visit) => new(visit); // MML0004
        """);

    [Fact]
    public Task LambdaCapturingTheLockedObject_Flags() => Flags("""
        public static Action Capture(Node node)
        {
            node.Gate.Enter();
            Action later = () => node.Value++; // MML1009
            node.Gate.Exit();
            return later;
        }
        """);

    [Fact]
    public Task LambdaOfARequiringDelegate_IsSilent() => Silent("""
        [Requires("size > 0")] public delegate void Grow(int size);
        [Requires("size > 0")] public static extern void Reserve(int size);
        public static readonly Grow s_grow = size => Reserve(size);
        """);
}
