using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>SemaphoreSlim as a mutex, Mutex and SpinLock.</summary>
public sealed class OtherFrameworkLocks : ThemeTests
{
    [Fact]
    public Task SemaphoreAsMutex_IsSilent() => SilentTypes("""
        public sealed class Store
        {
            private readonly SemaphoreSlim _one = new(1, 1);
            [GuardedBy(nameof(_one))] private int _value;
            public void Add() { _one.Wait(); try { _value++; } finally { _one.Release(); } }
        }
        """);

    [Fact]
    public Task SemaphoreReleasedByCount_IsSilent() => SilentTypes("""
        public sealed class Store
        {
            private readonly SemaphoreSlim _one = new(1, 1);
            public void Run() { _one.Wait(); _one.Release(1); }
        }
        """);

    [Fact]
    public Task SemaphoreNotTaken_Flags() => FlagsTypes("""
        public sealed class Store
        {
            private readonly SemaphoreSlim _one = new(1, 1);
            [GuardedBy(nameof(_one))] private int _value;
            public void Add() => _value++; // MML1009
        }
        """);

    [Fact]
    public Task SemaphoreNeverReleased_Flags() => FlagsTypes("""
        public sealed class Store
        {
            private readonly SemaphoreSlim _one = new(1, 1);
            [GuardedBy(nameof(_one))] private int _value;
            public void Add()
            {
                _one.Wait();
                _value++;
            } // MML1006
        }
        """);

    [Fact]
    public Task SemaphoreAcrossAwait_IsSilent() => SilentTypes("""
        public sealed class Store
        {
            private readonly SemaphoreSlim _one = new(1, 1);
            [GuardedBy(nameof(_one))] private int _value;
            public async Task Add()
            {
                await _one.WaitAsync();
                try { await Task.Yield(); _value++; } finally { _one.Release(); }
            }
        }
        """);

    [Fact]
    public Task SemaphoreAwaitedByConfigureAwait_IsSilent() => SilentTypes("""
        public sealed class Store
        {
            private readonly SemaphoreSlim _one = new(1, 1);
            [GuardedBy(nameof(_one))] private int _value;
            public async Task Add()
            {
                await _one.WaitAsync().ConfigureAwait(false);
                _value++;
                _one.Release();
            }
        }
        """);

    [Fact]
    public Task SemaphoreWaitNotAwaited_Flags() => FlagsTypes("""
        public sealed class Store
        {
            private readonly SemaphoreSlim _one = new(1, 1);
            [GuardedBy(nameof(_one))] private int _value;
            public async Task Add()
            {
                var waiting = _one.WaitAsync();
                _value++; // MML1009
                await waiting;
                _one.Release();
            }
        }
        """);

    [Fact]
    public Task SemaphoreWithTimeout_IsSilent() => SilentTypes("""
        public sealed class Store
        {
            private readonly SemaphoreSlim _one = new(1, 1);
            [GuardedBy(nameof(_one))] private int _value;
            public bool Add() { if (!_one.Wait(10)) return false; _value++; _one.Release(); return true; }
        }
        """);

    [Fact]
    public Task SemaphoreWithTimeoutIgnored_Flags() => FlagsTypes("""
        public sealed class Store
        {
            private readonly SemaphoreSlim _one = new(1, 1);
            public void Add()
            {
                _one.Wait(10); // MML1013
            }
        }
        """);

    [Fact]
    public Task SemaphoreWithAsyncTimeout_IsSilent() => SilentTypes("""
        public sealed class Store
        {
            private readonly SemaphoreSlim _one = new(1, 1);
            [GuardedBy(nameof(_one))] private int _value;
            public async Task<bool> Add()
            {
                if (!await _one.WaitAsync(10)) return false;
                _value++;
                _one.Release();
                return true;
            }
        }
        """);

    [Fact]
    public Task SemaphoreAsCounterOnly_IsSilent() => SilentTypes("""
        public sealed class Pool
        {
            private readonly SemaphoreSlim _free = new(4);
            public void Take() => _free.Wait();
            public void Give() => _free.Release();
        }
        """);

    [Fact]
    public Task NamedMutex_IsSilent() => SilentTypes("""
        public sealed class Store
        {
            private readonly System.Threading.Mutex _mutex = new();
            [GuardedBy(nameof(_mutex))] private int _value;
            public void Add() { _mutex.WaitOne(); try { _value++; } finally { _mutex.ReleaseMutex(); } }
        }
        """);

    [Fact]
    public Task NamedMutexNotReleased_Flags() => FlagsTypes("""
        public sealed class Store
        {
            private readonly System.Threading.Mutex _mutex = new();
            [GuardedBy(nameof(_mutex))] private int _value;
            public void Add()
            {
                _mutex.WaitOne();
                _value++;
            } // MML1006
        }
        """);

    [Fact]
    public Task NamedMutexWithTimeout_IsSilent() => SilentTypes("""
        public sealed class Store
        {
            private readonly System.Threading.Mutex _mutex = new();
            [GuardedBy(nameof(_mutex))] private int _value;
            public void Add() { if (!_mutex.WaitOne(10)) return; _value++; _mutex.ReleaseMutex(); }
        }
        """);

    [Fact]
    public Task SpinLockWithTakenFlag_IsSilent() => SilentTypes("""
        public sealed class Store
        {
            private SpinLock _spin;
            [GuardedBy(nameof(_spin))] private int _value;
            public void Add()
            {
                bool taken = false;
                try { _spin.Enter(ref taken); _value++; }
                finally { if (taken) _spin.Exit(); }
            }
        }
        """);

    [Fact]
    public Task SpinLockLeftEntered_Flags() => FlagsTypes("""
        public sealed class Store
        {
            private SpinLock _spin;
            [GuardedBy(nameof(_spin))] private int _value;
            public void Add()
            {
                bool taken = false;
                _spin.Enter(ref taken);
                _value++;
            } // MML1006
        }
        """);

    [Fact]
    public Task SpinLockNotTaken_Flags() => FlagsTypes("""
        public sealed class Store
        {
            private SpinLock _spin;
            [GuardedBy(nameof(_spin))] private int _value;
            public void Add() => _value++; // MML1009
        }
        """);

    [Fact]
    public Task SpinLockExitWithMemoryBarrier_IsSilent() => SilentTypes("""
        public sealed class Store
        {
            private SpinLock _spin;
            [GuardedBy(nameof(_spin))] private int _value;
            public void Add()
            {
                bool taken = false;
                _spin.Enter(ref taken);
                _value++;
                _spin.Exit(true);
            }
        }
        """);

    [Fact]
    public async Task WaitForAnEventTellsOfNoLock() => await Verify.Silent("""
        public static class Flushing
        {
            public static void Wait(ManualResetEvent done, SemaphoreSlim items)
            {
                done.WaitOne(TimeSpan.FromSeconds(1));
                done.WaitOne(10);
                items.Wait(10);
            }
        }
        """);

    [Fact]
    public async Task WaitForAMutexTellsOfOne() => await Verify.Flags("""
        public sealed class Exclusive
        {
            private readonly Mutex _mutex = new();

            public void Wait() => _mutex.WaitOne(10); // MML1013
        }
        """);

    [Fact]
    public Task SemaphoreThatGoesWithAReturnedDisposable_IsSilent() => SilentTypes("""
        public sealed class AsyncLock
        {
            private readonly SemaphoreSlim _semaphore = new(1, 1);
            public async Task<Releaser> LockAsync() { await _semaphore.WaitAsync(); return new Releaser(_semaphore); }
            public readonly struct Releaser(SemaphoreSlim semaphore) : IDisposable { public void Dispose() => semaphore.Release(); }
        }
        """);

    [Fact]
    public Task SemaphoreThatGoesWithAReturnedDisposableOnOnePath_Flags() => FlagsTypes("""
        public sealed class AsyncLock
        {
            private readonly SemaphoreSlim _semaphore = new(1, 1);
            public async Task<IDisposable?> LockAsync(bool wanted)
            {
                await _semaphore.WaitAsync();
                if (!wanted) { _semaphore.Release(); return null; }
                return _semaphore; // MML1006
            }
        }
        """);

    [Fact]
    public Task SemaphoreThatOneMethodTakesAndAnotherGivesBack_IsSilent() => SilentTypes("""
        public sealed class ResourceLock
        {
            private readonly SemaphoreSlim _semaphore = new(1, 1);
            public async Task Acquire(CancellationToken token) => await _semaphore.WaitAsync(token);
            public void AcquireNow() { _semaphore.Wait(); }
            public bool TryAcquire() => _semaphore.Wait(0);
            public void Release() => _semaphore.Release();
        }
        """);

    [Fact]
    public Task SemaphoreThatNoContractNamesLeaksOnOnePath_Flags() => FlagsTypes("""
        public sealed class ResourceLock
        {
            private readonly SemaphoreSlim _semaphore = new(1, 1);
            public async Task Run(bool early)
            {
                await _semaphore.WaitAsync();
                if (early) return; // MML1006
                _semaphore.Release();
            }
            public void Twice()
            {
                _semaphore.Release();
                _semaphore.Release(); // MML1005
            }
        }
        """);

    [Fact]
    public Task SemaphoreThatGuardsSomethingSplitOverMethods_Flags() => FlagsTypes("""
        public sealed class ResourceLock
        {
            private readonly SemaphoreSlim _semaphore = new(1, 1);
            [GuardedBy(nameof(_semaphore))] private int _uses;
            public async Task Acquire() => await _semaphore.WaitAsync(); // MML1006
            public void Release() => _semaphore.Release(); // MML1005
        }
        """);

    [Theory]
    [InlineData("try { await _one.WaitAsync().ConfigureAwait(false); } catch { return; }")]
    [InlineData("try { await _one.WaitAsync(); } catch (OperationCanceledException) { return; }")]
    public Task WaitAsyncThatIsGivenUp_HoldsNothing(string wait) => SilentTypes($$"""
        using System; using System.Threading;
        public sealed class Socket
        {
            private readonly SemaphoreSlim _one = new(1, 1);
            [GuardedBy(nameof(_one))] private int _closed;
            public async Task CloseAsync()
            {
                {{wait}}
                try { _closed = 1; }
                finally { _one.Release(); }
            }
        }
        """);

    [Fact]
    public Task CallThatThrowsAfterWaitAsync_Flags() => FlagsTypes("""
        using System; using System.Threading;
        public sealed class Socket
        {
            private readonly SemaphoreSlim _one = new(1, 1);
            [GuardedBy(nameof(_one))] private int _closed;
            private static extern void Flush();
            public async Task CloseAsync()
            {
                try { await _one.WaitAsync().ConfigureAwait(false); Flush(); }
                catch
                {
                    return;
                }
                _closed = 1;
                _one.Release();
            } // MML1006
        }
        """);

    [Fact]
    public Task TakenAndGivenBackUnderAFlagThatNeverChanges_IsSilent() => SilentTypes("""
        using System; using System.Threading;
        public sealed class Channel(bool confirms)
        {
            private readonly SemaphoreSlim _one = new(1, 1);
            private readonly bool _confirms = confirms;
            public async Task PublishAsync()
            {
                await EnterAsync();
                try { Console.WriteLine(); }
                finally { Leave(); }
            }
            private async Task EnterAsync() { if (_confirms) await _one.WaitAsync().ConfigureAwait(false); }
            private void Leave() { if (_confirms) _one.Release(); }
        }
        """);
}
