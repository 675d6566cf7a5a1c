using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>Locks that belong to a thread end before the method may change threads.</summary>
public sealed class AsyncAwait : ThemeTests
{
    [Fact]
    public Task HeldAcrossAwait_Flags() => Flags("""
        public async Task Run()
        {
            _gate.Enter();
            await Task.Yield(); // MML1019
            _gate.Exit();
        }
        """);

    [Fact]
    public Task ExitedBeforeAwait_IsSilent() => Silent("""
        public async Task Run() { _gate.Enter(); _count++; _gate.Exit(); await Task.Yield(); }
        """);

    [Fact]
    public Task EnteredAfterAwait_IsSilent() => Silent("""
        public async Task Run() { await Task.Yield(); _gate.Enter(); _count++; _gate.Exit(); }
        """);

    [Fact]
    public Task HeldAcrossOneOfTwoAwaits_Flags() => Flags("""
        public async Task Run()
        {
            await Task.Yield();
            _gate.Enter();
            await Task.Yield(); // MML1019
            _gate.Exit();
        }
        """);

    [Fact]
    public Task HeldAcrossAwaitOnOnePath_Flags() => Flags("""
        public async Task Run(bool locked)
        {
            if (locked) _gate.Enter();
            await Task.Yield(); // MML1019
            if (locked) _gate.Exit();
        }
        """);

    [Fact]
    public Task CallersLockAcrossAwait_Flags() => Flags("""
        [MustHold("_gate")] public async Task Run()
        {
            await Task.Yield(); // MML1019
        }
        """);

    [Fact]
    public Task OwnerlessLockAcrossAwait_IsSilent() => SilentTypes("""
        [Lock(LockKind.Mutex, Owner = LockOwner.Anyone)] public sealed class Page
        {
            [Acquires("this")] public extern void Enter();
            [Releases("this")] public extern void Exit();
        }
        public sealed class User
        {
            public async Task Run(Page page) { page.Enter(); await Task.Yield(); page.Exit(); }
        }
        """);

    [Fact]
    public Task ReferenceAcrossAwait_IsSilent() => SilentTypes("""
        public sealed class Counted
        {
            [Lock(Reference, Owner = LockOwner.Anyone)] public LockName Ref => default;
            [Acquires("Ref")] public extern void Get();
            [Releases("Ref")] public extern void Put();
        }
        public sealed class User
        {
            public async Task Run(Counted counted) { counted.Get(); await Task.Yield(); counted.Put(); }
        }
        """);

    [Fact]
    public Task LeakedByAnAsyncMethod_Flags() => Flags("""
        public async Task Run()
        {
            await Task.Yield();
            _gate.Enter();
        } // MML1006
        """);

    [Fact]
    public Task UnguardedAfterAwait_Flags() => Flags("""
        public async Task<int> Get()
        {
            await Task.Yield();
            return _count; // MML1008
        }
        """);

    [Fact]
    public Task AwaitForeachWhileHeld_Flags() => Flags("""
        public async Task Run(IAsyncEnumerable<int> items)
        {
            _gate.Enter();
            await foreach (int item in items) _count += item; // MML1019
            _gate.Exit();
        }
        """);

    [Fact]
    public Task AwaitUsingWhileHeld_Flags() => Flags("""
        public async Task Run(IAsyncDisposable resource)
        {
            _gate.Enter();
            await using (resource) _count++; // MML1019
            _gate.Exit();
        }
        """);

    [Fact]
    public Task AsyncLambdaHoldsAcrossAwait_Flags() => Flags("""
        public static extern void Later(Func<Task> function);
        public void Run() => Later(async () =>
        {
            _gate.Enter();
            await Task.Yield(); // MML1019
            _gate.Exit();
        });
        """);

    [Fact]
    public Task HeldInsideTryAcrossAwait_Flags() => Flags("""
        public async Task Run()
        {
            _gate.Enter();
            try { await Task.Yield(); } // MML1019
            finally { _gate.Exit(); }
        }
        """);

    [Fact]
    public Task TaskStartedUnderTheLockAndAwaitedLater_IsSilent() => Silent("""
        public async Task Run()
        {
            _gate.Enter();
            var task = Task.Delay(_count);
            _gate.Exit();
            await task;
        }
        """);

    [Fact]
    public Task SynchronousTaskMethod_IsSilent() => Silent("""
        public Task Run() { _gate.Enter(); _count++; _gate.Exit(); return Task.CompletedTask; }
        """);

    [Theory]
    [InlineData("await _one.WaitAsync(10); // MML1013")]
    [InlineData("await _one.WaitAsync(10).ConfigureAwait(false); // MML1013")]
    [InlineData("_ = await _one.WaitAsync(10).ConfigureAwait(false); // MML1013")]
    public Task AnswerOfAWaitIgnored_Flags(string wait) => Flags("private readonly SemaphoreSlim _one = new(1, 1);\npublic async Task Run()\n{\n" + wait + "\n_one.Release();\n}");

    [Theory]
    [InlineData("if (await _one.WaitAsync(10).ConfigureAwait(false)) _one.Release();")]
    [InlineData("await _one.WaitAsync(-1).ConfigureAwait(false); _one.Release();")]
    public Task AnswerOfAWaitHeeded_IsSilent(string body) => Silent("private readonly SemaphoreSlim _one = new(1, 1);\npublic async Task Run()\n{\n" + body + "\n}");
}
