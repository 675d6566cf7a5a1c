using MmLint;

namespace MmKernel;

/// <content>userfaultfd and what <c>ioctl_userfaultfd(2)</c> does, called by this process on a userfaultfd that it has.</content>
public sealed partial class Process
{
    /// <summary>Creates a userfaultfd for the faults of this process (<c>userfaultfd(2)</c>).</summary>
    /// <param name="flags">Flags.</param>
    public Userfaultfd CreateUserfaultfd(UffdFlags flags = UffdFlags.None) => new(new UserfaultContext(Mm, flags));

    /// <summary>Agrees on features, which must be done before anything else and only once (<c>UFFDIO_API</c>).</summary>
    /// <param name="uffd">The userfaultfd.</param>
    /// <param name="features">What is asked for; unknown bits are ignored.</param>
    /// <param name="available">What there is.</param>
    /// <returns>0; −EINVAL if it was done before.</returns>
    public long UffdApi(Userfaultfd uffd, UffdFeatures features, out UffdFeatures available)
    {
        available = UffdFeatures.All;
        features &= UffdFeatures.All;
        if ((features & UffdFeatures.WpAsync) != 0)
            features |= UffdFeatures.WpUnpopulated;
        return uffd.Context.Initialize(features) ? 0 : -(long)Errno.EINVAL;
    }

    /// <summary>Registers a range of the address space behind the userfaultfd (<c>UFFDIO_REGISTER</c>).</summary>
    /// <param name="uffd">The userfaultfd.</param>
    /// <param name="start">First address; page-aligned.</param>
    /// <param name="length">Bytes; whole pages.</param>
    /// <param name="mode">For which faults.</param>
    /// <returns>0; −EINVAL, −EPERM, −EBUSY; −ENOMEM, also if the process is gone.</returns>
    [MaySleep]
    public long UffdRegister(Userfaultfd uffd, ulong start, ulong length, UffdRegisterMode mode)
    {
        using var entry = new SystemCall(this);
        if (!uffd.Context.IsInitialized || mode == UffdRegisterMode.None || (mode & ~UffdRegisterMode.All) != 0 || !IsUffdRange(start, length))
            return -(long)Errno.EINVAL;
        var mm = uffd.Context.Mm;
        if (!mm.TryGet())
            return -(long)Errno.ENOMEM;
        long error = UffdRegistration.Register(uffd.Context, mm, start, start + length, mode);
        mm.Put();
        return error;
    }

    /// <summary>Takes the registration of a range away (<c>UFFDIO_UNREGISTER</c>).</summary>
    /// <param name="uffd">The userfaultfd.</param>
    /// <param name="start">First address; page-aligned.</param>
    /// <param name="length">Bytes; whole pages.</param>
    /// <returns>0; −EINVAL; −ENOMEM, also if the process is gone.</returns>
    [MaySleep]
    public long UffdUnregister(Userfaultfd uffd, ulong start, ulong length)
    {
        using var entry = new SystemCall(this);
        if (!uffd.Context.IsInitialized || !IsUffdRange(start, length))
            return -(long)Errno.EINVAL;
        var mm = uffd.Context.Mm;
        if (!mm.TryGet())
            return -(long)Errno.ENOMEM;
        long error = UffdRegistration.Unregister(uffd.Context, mm, start, start + length);
        mm.Put();
        return error;
    }

    /// <summary>Fills missing pages with a copy of this process's memory (<c>UFFDIO_COPY</c>).</summary>
    /// <param name="uffd">The userfaultfd.</param>
    /// <param name="target">First address to fill; page-aligned.</param>
    /// <param name="source">Where to copy from; any address.</param>
    /// <param name="length">Bytes; whole pages.</param>
    /// <param name="mode">Mode.</param>
    /// <param name="copied">Bytes filled, or −errno; 0 if nothing was tried.</param>
    /// <returns>0 if all was filled; −EAGAIN if a part was, or mappings are changing; else −errno.</returns>
    [MaySleep]
    public long UffdCopy(Userfaultfd uffd, ulong target, ulong source, ulong length, UffdFillMode mode, out long copied)
    {
        using var entry = new SystemCall(this);
        copied = 0;
        bool isWrong = !IsRange(source, length) || !IsUffdRange(target, length)
            || (mode & ~(UffdFillMode.DontWake | UffdFillMode.WriteProtect)) != 0;
        return Fill(uffd, target, source, length, UffdFillKind.Copy, mode, isWrong, out copied);
    }

    /// <summary>Fills missing pages with zeros (<c>UFFDIO_ZEROPAGE</c>).</summary>
    /// <param name="uffd">The userfaultfd.</param>
    /// <param name="start">First address; page-aligned.</param>
    /// <param name="length">Bytes; whole pages.</param>
    /// <param name="mode">Mode.</param>
    /// <param name="filled">Bytes filled, or −errno; 0 if nothing was tried.</param>
    /// <returns>As <see cref="UffdCopy"/>.</returns>
    [MaySleep]
    public long UffdZeropage(Userfaultfd uffd, ulong start, ulong length, UffdFillMode mode, out long filled)
    {
        using var entry = new SystemCall(this);
        bool isWrong = !IsUffdRange(start, length) || (mode & ~UffdFillMode.DontWake) != 0;
        return Fill(uffd, start, 0, length, UffdFillKind.Zeropage, mode, isWrong, out filled);
    }

    /// <summary>Maps pages that the file has (<c>UFFDIO_CONTINUE</c>).</summary>
    /// <param name="uffd">The userfaultfd.</param>
    /// <param name="start">First address; page-aligned.</param>
    /// <param name="length">Bytes; whole pages.</param>
    /// <param name="mode">Mode.</param>
    /// <param name="mapped">Bytes mapped, or −errno; 0 if nothing was tried.</param>
    /// <returns>As <see cref="UffdCopy"/>.</returns>
    [MaySleep]
    public long UffdContinue(Userfaultfd uffd, ulong start, ulong length, UffdFillMode mode, out long mapped)
    {
        using var entry = new SystemCall(this);
        bool isWrong = !IsUffdRange(start, length) || (mode & ~(UffdFillMode.DontWake | UffdFillMode.WriteProtect)) != 0;
        return Fill(uffd, start, 0, length, UffdFillKind.Continue, mode, isWrong, out mapped);
    }

    /// <summary>Makes accesses to missing pages fail (<c>UFFDIO_POISON</c>).</summary>
    /// <param name="uffd">The userfaultfd.</param>
    /// <param name="start">First address; page-aligned.</param>
    /// <param name="length">Bytes; whole pages.</param>
    /// <param name="mode">Mode.</param>
    /// <param name="updated">Bytes poisoned, or −errno; 0 if nothing was tried.</param>
    /// <returns>As <see cref="UffdCopy"/>.</returns>
    [MaySleep]
    public long UffdPoison(Userfaultfd uffd, ulong start, ulong length, UffdFillMode mode, out long updated)
    {
        using var entry = new SystemCall(this);
        bool isWrong = !IsUffdRange(start, length) || (mode & ~UffdFillMode.DontWake) != 0;
        return Fill(uffd, start, 0, length, UffdFillKind.Poison, mode, isWrong, out updated);
    }

    /// <summary>Protects pages against writes, or takes the protection away (<c>UFFDIO_WRITEPROTECT</c>).</summary>
    /// <param name="uffd">The userfaultfd.</param>
    /// <param name="start">First address; page-aligned.</param>
    /// <param name="length">Bytes; whole pages.</param>
    /// <param name="mode">Mode.</param>
    /// <returns>0; −EINVAL; −ENOENT: not registered for it; −EAGAIN: mappings are changing; −ENOMEM; −ESRCH: the process is gone.</returns>
    [MaySleep]
    public long UffdWriteProtect(Userfaultfd uffd, ulong start, ulong length, UffdProtectMode mode)
    {
        const UffdProtectMode Both = UffdProtectMode.WriteProtect | UffdProtectMode.DontWake;
        using var entry = new SystemCall(this);
        if (!uffd.Context.IsInitialized)
            return -(long)Errno.EINVAL;
        if (uffd.Context.SeemsChanging)
            return -(long)Errno.EAGAIN;
        if (!IsUffdRange(start, length) || (mode & ~Both) != 0 || mode == Both)
            return -(long)Errno.EINVAL;
        var mm = uffd.Context.Mm;
        if (!mm.TryGet())
            return -(long)Errno.ESRCH;
        long error = UffdWriteProtection.ProtectRange(uffd.Context, mm, start, length, mode == UffdProtectMode.WriteProtect);
        mm.Put();
        if (error == 0 && mode == UffdProtectMode.None)
            uffd.Context.Wake(start, length);
        return error;
    }

    /// <summary>Moves pages of this process to where they are missing (<c>UFFDIO_MOVE</c>).</summary>
    /// <param name="uffd">A userfaultfd of this process.</param>
    /// <param name="target">First address to fill; page-aligned.</param>
    /// <param name="source">Where the pages are; page-aligned.</param>
    /// <param name="length">Bytes; whole pages.</param>
    /// <param name="mode">Mode.</param>
    /// <param name="moved">Bytes moved, or −errno; 0 if nothing was tried.</param>
    /// <returns>0 if all was moved; −EAGAIN if a part was, or mappings are changing; else −errno.</returns>
    [MaySleep]
    public long UffdMove(Userfaultfd uffd, ulong target, ulong source, ulong length, UffdMoveMode mode, out long moved)
    {
        using var entry = new SystemCall(this);
        moved = 0;
        var context = uffd.Context;
        if (!context.IsInitialized)
            return -(long)Errno.EINVAL;
        if (context.SeemsChanging)
            return -(long)Errno.EAGAIN;
        var mm = Task.CurrentMm!;
        bool isWrong = context.Mm != mm || !IsUffdRange(target, length) || !IsUffdRange(source, length)
            || (mode & ~(UffdMoveMode.AllowSourceHoles | UffdMoveMode.DontWake)) != 0;
        if (isWrong)
            return -(long)Errno.EINVAL;
        moved = MmKernel.UffdMove.MoveRange(context, mm, target, source, length, mode);
        return Finish(context, target, length, moved, (mode & UffdMoveMode.DontWake) == 0);
    }

    /// <summary>Wakes the threads that wait for pages of a range (<c>UFFDIO_WAKE</c>).</summary>
    /// <param name="uffd">The userfaultfd.</param>
    /// <param name="start">First address; page-aligned.</param>
    /// <param name="length">Bytes; whole pages.</param>
    /// <returns>0, or −EINVAL.</returns>
    public long UffdWake(Userfaultfd uffd, ulong start, ulong length)
    {
        if (!uffd.Context.IsInitialized || !IsUffdRange(start, length))
            return -(long)Errno.EINVAL;
        uffd.Context.Wake(start, length);
        return 0;
    }

    /// <summary>Reads a message, of a fault rather than of an event; without <c>O_NONBLOCK</c> it waits for one (<c>read(2)</c>).</summary>
    /// <param name="uffd">The userfaultfd.</param>
    /// <param name="message">The message.</param>
    /// <param name="isBlocking">Whether to wait.</param>
    /// <returns>0; −EINVAL before the features are agreed on; −EAGAIN: none; −EINTR; −EBADF: closed.</returns>
    [MaySleep]
    public long UffdRead(Userfaultfd uffd, out UffdMessage message, bool isBlocking = true)
    {
        using var entry = new SystemCall(this);
        var context = uffd.Context;
        message = default;
        if (!context.IsInitialized)
            return -(long)Errno.EINVAL;
        while (true)
        {
            if (context.IsReleased)
                return -(long)Errno.EBADF;
            var reader = isBlocking ? Task.Current : null;
            int error = context.TryRead(reader, out message);
            if (error == 0 || reader == null)
                return error;
            if (!reader.SleepUntilWoken(killable: true))
            {
                context.ForgetReader(reader);
                return -(long)Errno.EINTR;
            }
        }
    }

    /// <summary>Closes a userfaultfd: its ranges are registered no more, and who waits tries again (<c>close(2)</c>).</summary>
    /// <param name="uffd">The userfaultfd.</param>
    [MaySleep]
    public void UffdClose(Userfaultfd uffd)
    {
        using var entry = new SystemCall(this);
        UffdRegistration.Close(uffd.Context);
    }

    [MaySleep]
    private static long Fill(
        Userfaultfd uffd, ulong target, ulong source, ulong length, UffdFillKind kind, UffdFillMode mode, bool isWrong, out long filled)
    {
        filled = 0;
        var context = uffd.Context;
        if (!context.IsInitialized)
            return -(long)Errno.EINVAL;
        if (context.SeemsChanging)
        {
            filled = -(long)Errno.EAGAIN;
            return filled;
        }

        if (isWrong)
            return -(long)Errno.EINVAL;
        var mm = context.Mm;
        if (!mm.TryGet())
            return -(long)Errno.ESRCH;

        // Pages appear under VMA locks, from a thread that may run elsewhere: a fork that skips those locks must see it.
        mm.Residents.Enter();
        filled = UffdFill.FillRange(context, mm, target, source, length, kind, (mode & UffdFillMode.WriteProtect) != 0);
        mm.Residents.Leave();
        mm.Put();
        return Finish(context, target, length, filled, (mode & UffdFillMode.DontWake) == 0);
    }

    private static long Finish(UserfaultContext context, ulong start, ulong length, long done, bool wake)
    {
        if (done < 0)
            return done;
        if (wake)
            context.Wake(start, (ulong)done);
        return (ulong)done == length ? 0 : -(long)Errno.EAGAIN;
    }

    /// <summary>Whether a range is one of user addresses (<c>validate_unaligned_range</c>).</summary>
    private bool IsRange(ulong start, ulong length) =>
        Page.IsAligned(length) && length != 0 && start >= Machine.Options.MinimumAddress && start < Page.TaskSize && length <= Page.TaskSize - start;

    private bool IsUffdRange(ulong start, ulong length) => Page.IsAligned(start) && IsRange(start, length);
}
