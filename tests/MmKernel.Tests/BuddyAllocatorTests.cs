using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;
using Xunit.Abstractions;

namespace MmKernel.Tests;

/// <summary>The buddy allocator.</summary>
public sealed class BuddyAllocatorTests(ITestOutputHelper output)
{
    [Fact]
    public void A_block_is_split_and_joined_again()
    {
        var buddy = Create(1024);
        Assert.True(buddy.HasBlock(BuddyAllocator.MaxOrder));
        var one = buddy.Allocate(0)!;
        Assert.False(buddy.HasBlock(BuddyAllocator.MaxOrder));
        Assert.True(buddy.HasBlock(BuddyAllocator.MaxOrder - 1));
        Assert.Equal(1023, buddy.FreeFrames);
        buddy.Free(one, 0);
        Assert.True(buddy.HasBlock(BuddyAllocator.MaxOrder));
    }

    [Fact]
    public void Blocks_are_aligned_to_their_size()
    {
        var buddy = Create(1024);
        Assert.NotNull(buddy.Allocate(0));
        Assert.Equal(0UL, buddy.Allocate(4)!.Frame % 16);
        Assert.Equal(0UL, buddy.Allocate(7)!.Frame % 128);
    }

    [Fact]
    public void Memory_that_is_no_power_of_two_is_used_up_to_the_end()
    {
        var buddy = Create(1000);
        int count = 0;
        while (buddy.Allocate(0) != null)
            count++;
        Assert.Equal(1000, count);
        Assert.Equal(0, buddy.FreeFrames);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Blocks_never_overlap_and_all_come_back(int seed)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var buddy = Create(4096);
        var owner = new int[4096];
        var blocks = new List<(Folio Folio, int Order, int Id)>();
        for (int step = 1; step < 5000; step++)
        {
            if (random.Next(2) == 0 && blocks.Count > 0)
            {
                int index = random.Next(blocks.Count);
                (var folio, int order, int id) = blocks[index];
                Assert.True(owner.Skip((int)folio.Frame).Take(1 << order).All(o => o == id));
                Array.Clear(owner, (int)folio.Frame, 1 << order);
                buddy.Free(folio, order);
                blocks.RemoveAt(index);
            }
            else
            {
                int order = random.Next(6);
                if (buddy.Allocate(order) is not { } folio)
                    continue;
                Assert.True(owner.Skip((int)folio.Frame).Take(1 << order).All(o => o == 0));
                Array.Fill(owner, step, (int)folio.Frame, 1 << order);
                blocks.Add((folio, order, step));
            }

            Assert.Equal(owner.Count(o => o == 0), buddy.FreeFrames);
        }

        foreach ((var folio, int order, _) in blocks)
            buddy.Free(folio, order);
        for (int block = 0; block < 4; block++)
            Assert.NotNull(buddy.Allocate(BuddyAllocator.MaxOrder));
        Assert.Null(buddy.Allocate(BuddyAllocator.MaxOrder));
    }

    private static BuddyAllocator Create(int frames)
    {
        var buddy = new BuddyAllocator([.. Enumerable.Range(0, frames).Select(i => new Folio((ulong)i))]);
        buddy.FreeRange(0, (ulong)frames);
        return buddy;
    }
}
