namespace Clean;

/// <summary>Everyday code: a private lock, guarded fields, and helpers that say what they need.</summary>
public sealed class Account
{
    private readonly object _gate = new();

    [GuardedBy(nameof(_gate))]
    private decimal _balance;

    public decimal Balance
    {
        get
        {
            lock (_gate)
                return _balance;
        }
    }

    public bool TryWithdraw(decimal amount)
    {
        lock (_gate)
        {
            if (_balance < amount)
                return false;
            Add(-amount);
            return true;
        }
    }

    public void Deposit(decimal amount)
    {
        lock (_gate)
            Add(amount);
    }

    [MustHold(nameof(_gate))]
    private void Add(decimal amount) => _balance += amount;
}
