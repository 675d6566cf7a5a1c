using System;

namespace MmKernel.Benchmarks;

/// <summary>Experiment b: faults on the text of programs, private mappings of files that nobody writes.</summary>
/// <param name="options">What is asked for.</param>
/// <param name="costs">What locks cost.</param>
internal sealed class TextReads(ExperimentOptions options, Costs costs) : FaultsBesideMapping(options, costs)
{
    private const ulong Base = 0x30_0000_0000;
    private const ulong FilePages = 8192;

    // A fault maps the others of its aligned window as well.
    private const ulong FaultAroundPages = 16;

    protected override string Letter => "b";

    protected override string Title => "Read faults on private file text";

    protected override AnonVmaCheck Early => AnonVmaCheck.EarlyPrivate;

    protected override Action<Process, Tally, int> Prepare(Machine machine)
    {
        var text = machine.CreateMemoryFile(FilePages * Page.Size);
        for (ulong page = 0; page < FilePages; page++)
        {
            if (text.Write(page * Page.Size, BitConverter.GetBytes(page)) != sizeof(ulong))
                throw new InvalidOperationException("There is no room for the file.");
        }

        return (process, tally, id) =>
        {
            ulong start = Base + ((ulong)id << 36);
            process.MapText(start, FilePages, text);
            while (tally.GoesOn)
            {
                // One fault brings its neighbours; discarding lets all be faulted again.
                for (ulong page = 0; page < FilePages && tally.GoesOn; page += FaultAroundPages)
                {
                    process.Load(start + (page * Page.Size));
                    tally.Count();
                }

                Calls.Check(process.Madvise(start, FilePages * Page.Size, Advice.DontNeed));
            }
        };
    }
}
