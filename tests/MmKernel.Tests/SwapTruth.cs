using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace MmKernel.Tests;

/// <summary>The part of <see cref="Truth"/> that concerns swap slots and the lists of reclaim.</summary>
internal static class SwapTruth
{
    /// <summary>Each slot has as many users as entries name it, and is in use only if it has one or a cached folio.</summary>
    /// <returns>The frames in the swap cache.</returns>
    internal static HashSet<ulong> Check(Machine machine, Dictionary<SwapEntry, int> users)
    {
        var cached = new HashSet<ulong>();
        int seen = 0;
        foreach (var device in machine.Memory.Swap.Devices())
        {
            int used = 0;
            for (int slot = 1; slot <= device.SlotCount; slot++)
            {
                var entry = new SwapEntry(device.Type, slot);
                int expected = users.GetValueOrDefault(entry);
                seen += expected == 0 ? 0 : 1;
                Assert.True(expected == device.ClusterOf(slot, out int index).CountOf(index), $"slot {slot}: {expected} entries");
                var folio = machine.Memory.Swap.Find(entry);
                if (folio != null)
                {
                    Assert.True(cached.Add(folio.Frame), $"frame {folio.Frame} is cached for two slots");
                    Assert.Equal(entry, folio.Swap);
                    Assert.True(folio.Has(FolioFlags.SwapCache));
                    machine.Memory.Put(folio);
                }

                used += expected > 0 || folio != null ? 1 : 0;
            }

            Assert.Equal(used, device.UsedSlots);
        }

        Assert.Equal(users.Count, seen);
        return cached;
    }

    /// <summary>Every page in use, and no other, is on one list.</summary>
    internal static void CheckLists(PhysicalMemory memory, HashSet<ulong> inUse)
    {
        if (memory.Lru == null)
            return;
        string before = Counts(memory.Lru, out long listed);
        for (ulong frame = 1; frame < (ulong)memory.FrameCount; frame++)
            Assert.True(inUse.Contains(frame) == memory.FolioOf(frame).Head.Has(FolioFlags.Lru), $"frame {frame} in use and not listed, or the reverse");
        Assert.True(inUse.Count == listed, $"{inUse.Count} pages are in use; on the lists are {before}; now {Counts(memory.Lru, out _)}");
    }

    private static string Counts(LruLists lists, out long sum)
    {
        var counts = System.Enum.GetValues<LruList>().Select(list => (List: list, Count: lists.CountOf(list))).ToList();
        sum = counts.Sum(each => each.Count);
        return string.Join(", ", counts.Select(each => $"{each.List} {each.Count}"));
    }
}
