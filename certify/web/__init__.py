"""The pages and the API: routes by audience, and what all of them share."""
