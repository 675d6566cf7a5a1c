namespace MmKernel;

/// <content>Who is killed when memory is exhausted.</content>
public sealed partial class Process
{
    /// <summary>
    /// How much sooner than its size says the process is chosen, in thousandths of all memory and swap; −1000: never. Children inherit it
    /// (<c>oom_score_adj</c> of <c>/proc/pid</c>).
    /// </summary>
    public int OomScoreAdjustment => Mm.OomScoreAdjustment;

    /// <summary>Sets <see cref="OomScoreAdjustment"/>.</summary>
    /// <returns>0; −EINVAL for what is not between −1000 and 1000.</returns>
    public long SetOomScoreAdjustment(int adjustment)
    {
        if (adjustment is < OomKiller.Never or > OomKiller.Most)
            return -(long)Errno.EINVAL;
        Mm.OomScoreAdjustment = adjustment;
        return 0;
    }
}
